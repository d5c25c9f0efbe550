"""Whatever is done to an export, it is read or refused in words: never a traceback."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.proposing import propose, to_yaml
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.report.order_tables import description

EXPORT = (Path(__file__).parent / "data" / "orders-export.csv").read_text("utf-8")
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
