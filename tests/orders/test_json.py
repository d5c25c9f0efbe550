"""Records of open-data interfaces are read as a table, whatever they are wrapped in."""

import gzip
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source

CASES = SHARED / "cases" / "orders"
START = pd.Timestamp("2025-03-01 02:08:51")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


RECORDS = [
    {
        "unique_key": str(7000 + i),
        "created_date": (START + pd.Timedelta(days=i)).isoformat() + ".000",
        "closed_date": (START + pd.Timedelta(days=i, hours=5)).isoformat() if i % 4 else None,
        "complaint_type": ("Pothole", "Noise")[i % 2],
        "borough": "NORTH",
    }
    for i in range(20)
]
ROWS = [list(record.values()) for record in RECORDS]
NAMES = list(RECORDS[0])
POINTS = [
    {
        "type": "Feature",
        "properties": record,
        "geometry": {"type": "Point", "coordinates": [118.8 + i / 100, 31.9, 5]},
    }
    for i, record in enumerate(RECORDS)
]
LISTS = {
    "a list": RECORDS,
    "data": {"code": 0, "msg": "ok", "data": RECORDS, "links": [{"a": 1}]},
    "data.list": {"code": 0, "data": {"total": 20, "list": RECORDS, "pages": [1, 2, 3]}},
    "CKAN": {
        "success": True,
        "result": {
            "fields": [{"id": name, "type": "text"} for name in NAMES],
            "records": RECORDS,
            "total": 20,
        },
    },
    "OData": {"@odata.context": "x", "value": RECORDS},
    "Elasticsearch": {"hits": {"total": {"value": 20}, "hits": [{"_source": r} for r in RECORDS]}},
    "Airtable": {"records": [{"id": "x", "fields": record} for record in RECORDS]},
    "ArcGIS": {"features": [{"attributes": r, "geometry": {"x": 1e6, "y": 2e6}} for r in RECORDS]},
    "GraphQL": {"data": {"requests": {"edges": [{"node": record} for record in RECORDS]}}},
    "GeoJSON": {"type": "FeatureCollection", "crs": {"a": [1, 2]}, "features": POINTS},
    "Socrata": {
        "meta": {"view": {"columns": [{"name": ":id"}, *({"name": n} for n in NAMES)]}},
        "data": [["row-1", *row] for row in ROWS],
    },
    "pandas": {"columns": NAMES, "index": list(range(20)), "data": ROWS},
    "a header": [NAMES, *ROWS],
}


def save(tmp_path, text, name="o.json"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path / name


def read(file):
    return read_orders(file, propose(open_source(file)).mapping)


def check(log, n=20):
    assert len(log.frame) == n and log.set_aside.empty
    assert log.frame["order"].tolist() == [record["unique_key"] for record in RECORDS[:n]]
    assert log.frame["created"].tolist() == [START + pd.Timedelta(days=i) for i in range(n)]
    assert log.frame["closed"].notna().sum() == sum(i % 4 > 0 for i in range(n))
    assert set(log.frame["category"]) == {"Pothole", "Noise"}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("indent", [None, 2])
def test_records_are_found_in_whatever_an_interface_wraps_them(tmp_path, kind, indent):
    check(read(save(tmp_path, json.dumps(LISTS[kind], indent=indent))))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_json_may_have_any_encoding_and_be_packed(tmp_path, encoding):
    records = [{**record, "borough": "东山"} for record in RECORDS]
    text = json.dumps({"data": records}, ensure_ascii=False).encode(encoding)
    for data in (text, gzip.compress(text)):
        log = read(save(tmp_path, data))
        check(log)
        assert set(log.frame["place"]) == {"东山"}


def test_a_record_a_line_is_read_and_a_line_that_is_none_is_set_aside(tmp_path):
    lines = [json.dumps(record) for record in RECORDS]
    check(read(save(tmp_path, "\n".join(lines) + "\n")))
    lines[6] = lines[6][:-5]
    log = read(save(tmp_path, "\n".join(lines)))
    assert len(log.frame) == 19 and log.set_aside["row"].tolist() == [7]
    assert log.reasons() == {"no valid JSON": 1}
    log = read(save(tmp_path, "\n".join([*lines[:6], *lines[7:]])[:-40]))
    assert len(log.frame) == 18 and log.reasons() == {"the file is cut off in this row": 1}


@pytest.mark.parametrize("kind", ["a list", "data", "GeoJSON", "Socrata"])
def test_of_a_file_that_is_cut_off_the_whole_records_are_used(tmp_path, kind):
    text = json.dumps(LISTS[kind])
    log = read(save(tmp_path, text[: text.index("7012") + 40]))
    assert len(log.frame) == 12 and log.set_aside["row"].tolist() == [13]
    assert log.reasons() == {"the file is cut off in this row": 1}


def test_points_and_objects_become_columns_of_their_own(tmp_path):
    log = read(save(tmp_path, json.dumps(LISTS["GeoJSON"])))
    assert log.frame["longitude"].tolist()[:2] == [118.8, 118.81]
    assert (log.frame["latitude"] == 31.9).all()
    records = [
        {
            "_id": {"$oid": f"{i:024x}"},
            "time": {"created": {"$date": record["created_date"]}, "n": {"$numberLong": "7"}},
            "tags": ["a", "b"],
            "location": {"lat": 31.9, "lng": 118.8},
            "parts": [{"x": 1}],
        }
        for i, record in enumerate(RECORDS, 1)
    ]
    source = open_source(save(tmp_path, json.dumps(records)))
    header = ["_id", "time.created", "time.n", "tags", "longitude", "latitude", "parts"]
    assert source.header == header
    first = {name: cells[0].as_py() for name, cells in source.read(header).columns.items()}
    assert first["time.created"] == RECORDS[0]["created_date"] and first["time.n"] == "7"
    assert (first["tags"], first["longitude"], first["parts"]) == ("a, b", "118.8", '[{"x": "1"}]')


def test_numbers_keep_all_their_digits(tmp_path):
    text = '[{"id": 202503010000012345, "at": "2025-03-01", "x": 0.10, "t": "/Date(17407872)/"}]'
    source = open_source(save(tmp_path, text))
    cells = source.read(["id", "x", "t"]).columns
    assert [cells[name][0].as_py() for name in cells] == [
        *("202503010000012345", "0.10", "17407872"),
    ]


def test_an_answer_that_holds_only_a_page_says_so(tmp_path):
    log = read(save(tmp_path, json.dumps({"total": 12345, "data": RECORDS})))
    assert [(one.kind, one.cells, one.detail) for one in log.remarks] == [("page", 20, "12,345")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}', "no list of records"),
        ('{"created": {"0": "2025-03-01"}}', "no list of records"),
        ('{"created": ["2025-03-01", "2025-03-02"]}', "no list of records"),
        ("[]", "no list of records"),
        ('[{"a": 1} {"a": 2}]', "no valid JSON"),
        ('[{"a": tru}, {"a": 2}, {"a": 3}, {"a": 3}, {"a": 3}]', "no valid JSON"),
        ("[" * 100_000, "no valid JSON|no list"),
        ('[{"a":' * 20_000, "no valid JSON|no list"),
        ('[{"a": ' + "9" * 6000 + "}]", "no column looks like"),
    ],
)
def test_what_holds_no_records_is_refused_in_one_line(tmp_path, text, said):
    with pytest.raises(InputError, match=said) as refused:
        read(save(tmp_path, text))
    assert "\n" not in str(refused.value)


WHOLE = [json.dumps(LISTS[kind]) for kind in ("data", "Socrata", "GeoJSON")]


@settings(max_examples=60)
@given(
    text=st.sampled_from([*WHOLE, "\n".join(map(json.dumps, RECORDS))]),
    where=st.floats(0, 1),
    piece=st.sampled_from(["", "{", "}", "[", "]", '"', ",", ":", "\\u", "\\ud800", "1e999", "\0"]),
    gone=st.integers(0, 9),
)
def test_spoilt_json_is_read_or_refused_in_words(tmp_path_factory, text, where, piece, gone):
    language.use("en")
    at = int(where * len(text))
    file = save(
        tmp_path_factory.getbasetemp(), text[:at] + piece + text[at + gone :], "spoilt.json"
    )
    try:
        log = read(file)
    except InputError as refused:
        assert refused.problems and all(problem.message for problem in refused.problems)
    else:
        assert log.rows == len(log.frame) + len(log.set_aside) > 0


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")
def test_the_records_of_the_cases_are_read():
    log = read(CASES / "open-data-api.json")
    assert len(log.frame) == 20 and log.frame["closed"].notna().sum() == 15


# ------------------------------------------------------------------ tables with numbered rows


@pytest.mark.parametrize("head", [",case id,created,closed", "case id,created,closed"])
def test_a_column_of_numbers_without_a_name_does_no_harm(tmp_path, head):
    rows = [f"{i},{row[0]},{row[1]},{row[2] or ''}" for i, row in enumerate(ROWS)]
    log = read(save(tmp_path, "\n".join([head, *rows]), "o.csv"))
    assert len(log.frame) == 20 and log.frame["closed"].notna().sum() == 15
    pd.DataFrame(RECORDS)[["unique_key", "created_date", "closed_date"]].to_excel(
        tmp_path / "o.xlsx"
    )
    assert len(read(tmp_path / "o.xlsx").frame) == 20
