"""Work orders come from a real SQLite file and a real PostgreSQL as from a file."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.addresses import Address
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source

sqlalchemy = pytest.importorskip("sqlalchemy")

COLUMNS = Columns(order="案件号", created="created", closed="closed", category="kind")
ROWS = [
    {
        "案件号": f"A{i:04d}",
        "created": pd.Timestamp("2025-03-01 08:05:10") + pd.Timedelta(minutes=7 * i),
        "closed": None if i % 5 == 0 else pd.Timestamp("2025-04-01") + pd.Timedelta(hours=i),
        "kind": ("停车", "噪音")[i % 2],
        "phone": f"1390000{i:04d}",
    }
    for i in range(300)
]


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def fill(address):
    engine = sqlalchemy.create_engine(address)
    pd.DataFrame(ROWS).to_sql("work orders", engine, index=False)
    pd.DataFrame({"name": ["x"]}).to_sql("people", engine, index=False)
    engine.dispose()


def check(address):
    """Read by table and by query, and compare with what was put in."""
    log = read_orders(address, Mapping(columns=COLUMNS, table_name="work orders"))
    orders = log.frame.sort_values("order", ignore_index=True)
    assert orders["order"].tolist() == [row["案件号"] for row in ROWS]
    assert (orders["created"] == pd.Series([row["created"] for row in ROWS])).all()
    assert orders["closed"].isna().sum() == 60
    assert "phone" not in orders
    parking = "SELECT * FROM \"work orders\" WHERE kind = '停车' AND phone LIKE '139%'"
    assert len(read_orders(address, Mapping(columns=COLUMNS, query=parking)).frame) == 150
    with pytest.raises(InputError, match="2 tables; name one"):
        read_orders(address, Mapping(columns=COLUMNS))
    with pytest.raises(InputError, match="did you mean “work orders”"):
        read_orders(address, Mapping(columns=COLUMNS, table_name="work order"))
    with pytest.raises(InputError, match="the database says: "):
        read_orders(address, Mapping(columns=COLUMNS, query="SELECT 1 FROM nowhere"))


def test_orders_are_read_from_sqlite(tmp_path):
    file = tmp_path / "orders.db"
    fill(f"sqlite:///{file}")
    check(f"sqlite:///{file}")
    check(str(file))


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """Start a server of its own in a new folder, and stop it."""
    binaries = [Path(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        binaries.insert(0, Path(found).resolve().parent)
    if not binaries or not (binaries[0] / "initdb").exists():
        pytest.skip("no PostgreSQL server is installed (initdb is not found)")
    pytest.importorskip("psycopg")
    folder = tmp_path_factory.mktemp("postgres")
    who = {}
    if os.geteuid() == 0:  # a server refuses to run as root
        shared = tmp_path_factory.getbasetemp().parents
        own = [part for part in folder.parents if part not in shared or "pytest" in part.name]
        for part in (folder, *own):
            part.chmod(0o755)
        shutil.chown(folder, "nobody")
        who = {"user": "nobody", "env": {"HOME": str(folder), "PATH": os.environ["PATH"]}}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(program, *arguments):
        subprocess.run(
            [binaries[0] / program, *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **who,
        )  # fmt: skip

    (folder / "password").write_text("secret-word")
    (folder / "password").chmod(0o644)
    run(
        *("initdb", "-D", data, "-U", "reader", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"),
        *("--locale=C.UTF-8", f"--pwfile={folder / 'password'}"),
    )
    run(
        *("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o"),
        f"-p {port} -h 127.0.0.1 -k {folder} -F",
        "start",
    )
    yield f"postgresql+psycopg://reader:secret-word@127.0.0.1:{port}/postgres"
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def test_orders_are_read_from_postgresql(postgres):
    fill(postgres)
    check(postgres)


def test_times_with_a_zone_come_out_of_postgresql_as_local_time(postgres):
    query = "SELECT timestamptz '2025-07-01 12:00+00' AS created"
    mapping = Mapping(columns=Columns(created="created"), query=query)
    log = read_orders(postgres, mapping)
    assert str(log.frame["created"][0]) == "2025-07-01 20:00:00"


def test_a_password_is_never_shown(postgres):
    wrong = postgres.replace("secret-word", "another-secret")
    with pytest.raises(InputError) as refused:
        read_orders(wrong, Mapping(columns=COLUMNS))
    assert "another-secret" not in str(refused.value)
    log = read_orders(postgres, Mapping(columns=Columns(created="a"), query="SELECT now() AS a"))
    assert "secret-word" not in repr(log)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense://x", "no address of a database"),
        ("sqlite:////no/such/folder/x.db", "there is no file"),
        ("postgresql+psycopg://reader@127.0.0.1:1/x", "the database says"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(address, said):
    with pytest.raises(InputError, match=said):
        read_orders(address, Mapping(columns=COLUMNS))


# ------------------------------------------------------------------ what must not happen

CASES = SHARED / "cases" / "orders"


@pytest.fixture
def lite(tmp_path):
    file = tmp_path / "orders.db"
    fill(f"sqlite:///{file}")
    return file


def test_a_query_may_hold_what_drivers_take_for_their_own(lite):
    query = (
        'SELECT *, \':word\' AS "100%" FROM "work orders" -- not closed; yet\n'
        "WHERE kind != ':kind' AND created > '2025-03-01 08:05:11' -- :since\n; -- done"
    )
    assert len(read_orders(lite, Mapping(columns=COLUMNS, query=query)).frame) == 299


WRITES = [
    'DELETE FROM "work orders"',
    'SELECT 1; DROP TABLE "work orders"',
    'WITH gone AS (DELETE FROM "work orders" RETURNING *) SELECT * FROM gone',
    'SELECT * INTO copied FROM "work orders"',
    "PRAGMA journal_mode = DELETE",
    "ATTACH DATABASE 'other.db' AS other",
    "/* SELECT */ UPDATE \"work orders\" SET kind = ''",
    "-- SELECT\nVACUUM",
]


@pytest.mark.parametrize("query", WRITES)
def test_a_query_that_is_none_is_refused_before_the_database_sees_it(lite, query):
    before = lite.read_bytes()
    with pytest.raises(InputError, match=r"a query may only read|one query, without a semicolon"):
        read_orders(lite, Mapping(columns=COLUMNS, query=query))
    assert lite.read_bytes() == before and [*lite.parent.iterdir()] == [lite]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT replace(kind, 'a', 'b') AS kind, created, closed, 案件号 FROM \"work orders\";",
        'SELECT w.*, 1 AS "update" FROM "work orders" w',
        "WITH w AS (SELECT * FROM \"work orders\") SELECT *, 'delete; drop' AS said FROM w",
    ],
)
def test_words_that_write_may_stand_in_names_and_texts(lite, query):
    assert len(read_orders(lite, Mapping(columns=COLUMNS, query=query)).frame) == 300


def test_postgresql_is_read_in_a_transaction_that_may_not_write(postgres):
    engine = sqlalchemy.create_engine(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE IF NOT EXISTS numbers")
    engine.dispose()
    query = "SELECT now() AS created, nextval('numbers') AS a"
    with pytest.raises(InputError, match="read-only transaction"):
        read_orders(postgres, Mapping(columns=Columns(created="created", order="a"), query=query))


def test_sqlite_is_opened_so_that_it_cannot_be_written(lite):
    database = open_source(lite, Mapping(columns=COLUMNS, table_name="work orders"))
    with (
        pytest.raises(InputError, match=r"readonly|read-only"),
        database._connected() as connection,
    ):
        connection.exec_driver_sql("CREATE TABLE made (x)")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://reader:{}@127.0.0.1:1/x",
        "postgresql+psycopg://reader:{}@127.0.0.1:port/x",
        "postgresql+psycopg://reader@127.0.0.1:1/x?password={}",
        "postgresql+psycopg://reader@127.0.0.1:1/x?sslpassword={}&connect_timeout=a",
        "postgresql+nothing://reader:{}@127.0.0.1/x",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3DX%3BUID%3Dme%3BPWD%3D{}%3BServer%3Da",
        "mssql+pyodbc:///?odbc_connect=DRIVER=X;UID=me;Password={{{}}};Server=a",
        "sqlite:///no.db?password={}",
        "postgresql:reader:{}@host/x",
        "DRIVER=X;UID=me;PWD={}",
    ],
)
def test_no_message_holds_a_password_wherever_it_stood(address):
    with pytest.raises(InputError) as refused:
        read_orders(address.format("hush-word"), Mapping(columns=COLUMNS))
    assert "hush" not in str(refused.value) and "\n" not in str(refused.value)


def test_what_a_driver_repeats_is_masked_too():
    address = Address("mssql+pyodbc:///?odbc_connect=UID%3Dme%3BPWD%3Da%2Bhush%3BX%3D1&x=2")
    assert address.shown == "mssql+pyodbc:///?odbc_connect=UID=me;PWD=***;X=1&x=2"
    for said in ("no login (a+hush)", "in PWD=other;UID=me", "at pwd={o;ther};", "a%2Bhush"):
        assert not any(word in address.hide(said) for word in ("hush", "other", "ther"))
    assert Address("postgresql://u:a@b?c@h/x?application_name=me").shown == (
        "postgresql://u:***@h/x?application_name=me"
    )


def bytes_for(file, mark, other):
    """Put bytes in the place of others, as a copy through a wrong encoding would."""
    data = file.read_bytes()
    assert mark in data and len(mark) == len(other)
    file.write_bytes(data.replace(mark, other, 1))


def test_bytes_that_are_no_characters_cost_their_row_and_are_said(lite):
    bytes_for(lite, b"A0007", b"A\xb8\xe60\xff")
    log = read_orders(lite, Mapping(columns=COLUMNS, table_name="work orders"))
    assert len(log.frame) == 299 and log.set_aside["row"].tolist() == [8]
    assert log.reasons() == {"案件号: signs that can't be read": 1}


def test_a_database_whose_own_names_are_damaged_is_refused_in_one_line(lite):
    bytes_for(lite, "案件号".encode(), b"\xb8\"'\xff" + "件".encode() + b" (")
    with pytest.raises(InputError, match=r"orders\.db: the database says: malformed .*work orders"):
        read_orders(lite, Mapping(columns=COLUMNS, table_name="work orders"))


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")
def test_the_damaged_database_of_the_cases_is_refused_in_one_line():
    with pytest.raises(InputError) as refused:
        open_source(CASES / "crash-utf8.db")
    said = str(refused.value)
    assert "crash-utf8.db" in said and "(orders)" in said and "\n" not in said


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=6), st.floats(0, 1), st.floats(0.2, 1))
def test_a_spoilt_database_is_read_or_refused_in_words(tmp_path_factory, piece, where, cut):
    language.use("en")
    folder = tmp_path_factory.getbasetemp() / "spoilt"
    folder.mkdir(exist_ok=True)
    if not (whole := folder / "whole.db").exists():
        fill(f"sqlite:///{whole}")
    data = bytearray(whole.read_bytes())
    at = int(where * len(data))
    data[at : at + len(piece)] = piece
    (file := folder / "spoilt.db").write_bytes(
        b"SQLite format 3\0" + data[16 : int(cut * len(data))]
    )
    try:
        log = read_orders(file, Mapping(columns=COLUMNS, table_name="work orders"))
    except InputError as refused:
        assert all(problem.message for problem in refused.problems)
    else:
        assert log.rows == len(log.frame) + len(log.set_aside) > 0
