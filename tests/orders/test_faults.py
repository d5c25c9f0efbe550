"""Whatever is done to an export, it is read or refused in words: never a traceback."""

import gzip
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA
from rich.console import Console

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.mapping_file import to_yaml
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.report.order_tables import description

EXPORT = (DATA / "orders-export.csv").read_text("utf-8")
FRAME = pd.read_csv(io.StringIO(EXPORT))
MAPPING = Mapping(columns=Columns(order="案件号", created="上报时间", closed="结案时间"))
PIECES = (
    *(b",", b'"', b"\n", b"\r", b"\0", b"\xff", b'"\n"', b"=", b"=NOW()", b"NaN", b"inf", b"-5"),
    *(b"2025-02-30", b"1900-01-01", b"0000-00-00", b"9999-12-31 23:59", b"12/13/2025", b"1e400"),
    *(b"99999999999999999999", b"24:00:00", "２０２５".encode(), "\ufffd".encode(), b"\xe3\x80"),
)


def files():
    """The export in every form that it may come in."""
    book, parquet = io.BytesIO(), io.BytesIO()
    FRAME.to_excel(book, index=False)
    FRAME.to_parquet(parquet)
    encoded = [EXPORT.encode(e) for e in ("utf-8", "utf-8-sig", "gbk", "utf-16")]
    return [*encoded, EXPORT.replace(",", "\t").encode(), book.getvalue(), parquet.getvalue()]


CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=6
)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("faults") / "orders"


@given(whole=st.sampled_from(files()), changes=CHANGES, cut=st.floats(0.1, 3))
def test_a_spoilt_export_is_read_or_refused_in_words(file, whole, changes, cut):
    language.use("en")
    data = whole
    for where, gone, piece in changes:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + gone :]
    file.write_bytes(data[: int(cut * len(data))])
    for find in (lambda _: MAPPING, lambda source: propose(source).mapping):
        try:
            source = open_source(file)
            log = read_orders(source, find(source))
        except InputError as refused:
            assert refused.problems and all(problem.message for problem in refused.problems)
        else:
            assert log.rows == len(log.frame) + len(log.set_aside) > 0
            assert (log.set_aside["reason"] != "").all()
            found = describe(log)
            Console(file=io.StringIO(), width=100).print(description(found, log.mapping, None))


def test_a_proposal_can_always_be_written_and_read(file):
    for data in files():
        file.write_bytes(data)
        assert "created: 上报时间" in to_yaml(propose(open_source(file)), "x")


# ------------------------------------------------------------------ one line, whatever it is

HEAD = "id,created,closed,note\n"
ROWS = [
    f"K{i},2025-03-{i % 28 + 1:02d} 08:00,2025-03-{i % 28 + 1:02d} 09:00,x\n" for i in range(40)
]
BADLY = pa.StringArray.from_buffers(
    40, *pa.array([b"\xff\xfe" if i == 3 else b"K%d" % i for i in range(40)]).buffers()[1:]
)
CREATED = [f"2025-03-{i % 28 + 1:02d} 08:00" for i in range(40)]


def parquet(**columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def read(folder, data):
    language.use("en")
    (folder / "o").write_bytes(data)
    source = open_source(folder / "o")
    return read_orders(source, propose(source).mapping)


def test_a_giant_cell_costs_at_most_its_row(tmp_path):
    giant = "K40,2025-03-03 08:00,," + "y" * 200_000 + "\n"
    log = read(tmp_path, (HEAD + ROWS[0] + giant + "".join(ROWS[1:])).encode())
    assert len(log.frame) == 41 and log.set_aside.empty


def test_bytes_in_parquet_that_are_no_characters_cost_their_row(tmp_path):
    log = read(tmp_path, parquet(id=BADLY, created=CREATED))
    assert len(log.frame) == 39 and log.set_aside["row"].tolist() == [4]
    assert log.reasons() == {"id: signs that can't be read": 1}


ZONE = pa.array([1_740_787_200_000] * 2, pa.timestamp("ms", "Mars/Phobos"))
PACKED = gzip.compress((HEAD + "".join(ROWS) * 50).encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (parquet(id=["a", "b"], created=ZONE), "timezone 'Mars/Phobos'"),
        (parquet(id=BADLY, created=CREATED).replace(b"created", b"cre\xff\xfeed"), "damaged"),
        (parquet(id=BADLY, created=CREATED)[:-200], "damaged"),
        (PACKED[:50] + b"\xff\xff" + PACKED[52:], "damaged"),
        ((HEAD + ROWS[0] + '"' + "y" * 17_000_000).encode(), "a row is longer than 16 MB"),
        (b"a," * 500_000, "no column looks like"),
        (b"a" * 1_000_000, "damaged"),
        (",".join(f"c{i}" for i in range(9000)).encode() + b"\n" + b"1," * 8999, "9,000 columns"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40, "damaged"),
        (b"SQLite format 3\0" + bytes(range(256)) * 40, "the database says"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 20, "neither UTF-8 nor"),
        (b"\xef\xbb\xbf<html><table>", "this is a web page without a table"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_short_line(tmp_path, data, said):
    with pytest.raises(InputError, match=said) as refused:
        read(tmp_path, data)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 600
