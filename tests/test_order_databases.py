"""Work orders come from a real SQLite file and a real PostgreSQL as from a file."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from govsim import language
from govsim.errors import InputError
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.reading import read_orders

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
        read_orders(address, Mapping(columns=COLUMNS, query="SELEC 1"))


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
