"""The district: everyone lives somewhere, everyone is served, and what is invented says so."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from govsim import language
from govsim.errors import InputError
from govsim.scenarios.layout import apportion
from govsim.scenarios.schema import Territory as Section
from govsim.scenarios.territory import build

DISTRICT = {
    "name": {"zh": "江宁区", "en": "Jiangning"},
    "outline": "jiangning",
    "communities": "jiangning",
    "grids": {"count": 1938},
    "residents": 1_926_117,
    "workstations": {"count": 515},
    "offices": True,
    "point_stations": {"count": 63},
}


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def make(folder=None, **section):
    return build(Section.model_validate(section), folder)


@pytest.fixture(scope="module")
def district():
    return build(Section.model_validate(DISTRICT), None)


def test_the_district_has_its_grids_and_exactly_its_residents(district):
    grids = district.grids
    assert len(grids) == 1938
    assert grids["residents"].sum() == 1_926_117
    assert grids["residents"].min() > 0
    assert abs(grids["residents"].mean() - 994) < 1
    assert abs(grids["households"].sum() - 1_926_117 / 2.97) < 500
    assert grids["area_km2"].sum() == pytest.approx(1564, rel=0.005)
    assert grids["grid"].is_unique


def test_every_street_and_community_of_the_district_has_a_grid(district):
    assert district.grids["street"].nunique() == 10
    assert district.grids["community"].nunique() == 207
    homes = district.grids.groupby("community")["street"].nunique()
    assert homes.max() == 1


def test_every_grid_lies_inside_the_outline(district):
    shape = shapely.union_all([shapely.Polygon(ring) for ring in district.outline]).buffer(1)
    assert shapely.contains_xy(shape, district.grids["x"], district.grids["y"]).all()


def test_town_is_dense_and_country_is_wide(district):
    area = district.grids.groupby("estate")["area_km2"].median()
    assert area["rural"] > 5 * area["old"]
    streets = district.grids.groupby("street")[["residents", "area_km2"]].sum()
    density = streets["residents"] / streets["area_km2"]
    assert density["东山街道"] > 10 * density["横溪街道"]


def test_estates_have_the_shares_that_the_scenario_says(district):
    found = district.grids["estate"].value_counts(normalize=True)
    wanted = {"large": 0.22, "old": 0.14, "resettlement": 0.16, "commercial": 0.28, "rural": 0.20}
    assert {k: round(v, 2) for k, v in found.items()} == wanted


def test_63_stations_stand_apart_in_the_estates_that_they_are_for(district):
    grids = district.grids
    stations = district.points[district.points["kind"] == "point_station"]
    assert len(stations) == 63
    covered = grids[grids["station"] >= 0]
    assert set(covered["estate"]) <= {"large", "old", "resettlement"}
    assert covered["station"].value_counts().max() <= 6
    assert set(covered["station"]) == set(stations.index)
    at = stations.loc[covered["station"], ["x", "y"]].to_numpy()
    assert np.hypot(*(covered[["x", "y"]].to_numpy() - at).T).max() <= 1200
    gaps = np.hypot(*(stations[["x", "y"]].to_numpy()[:, None] - stations[["x", "y"]].to_numpy()).T)
    assert np.sort(gaps, axis=1)[:, 1].min() > 100


def test_the_first_station_is_the_one_in_tiandi_new_city(district):
    first = district.points.iloc[0]
    assert (first["street"], first["community"]) == ("东山街道", "邵圣社区")
    assert first["name_en"] == "Tiandi New City station"
    assert district.points["name_zh"].is_unique


def test_every_grid_has_a_workstation_of_its_own_community_to_fall_back_on(district):
    grids, points = district.grids, district.points
    assert points["kind"].value_counts().to_dict() == {
        "workstation": 515,
        "community_office": 207,
        "point_station": 63,
    }
    served_by = points.loc[grids["fallback"]]
    assert (served_by["kind"] == "workstation").all()
    assert (served_by["community"].to_numpy() == grids["community"].to_numpy()).all()
    assert grids["fallback"].nunique() == 515


def test_what_is_generated_is_labelled_with_its_seed(district):
    assert district.generated
    notes = " ".join(district.notes)
    assert "seed 1" in notes
    assert "positions, sizes, residents and estate types of grids" in notes
    assert "GCJ-02" in notes


def test_what_the_planner_says_of_his_tables_stands_beside_every_result():
    assert make(note={"zh": "位置为假设", "en": "positions are assumed"}).notes[0] == (
        "positions are assumed"
    )


def test_the_same_seed_gives_the_same_district_and_another_another(district):
    again = make(**DISTRICT)
    other = make(**DISTRICT | {"seed": 2})
    assert again.content_hash() == district.content_hash() != other.content_hash()
    pd.testing.assert_frame_equal(again.grids, district.grids)
    assert other.grids["residents"].sum() == 1_926_117


def test_one_more_station_leaves_the_grids_and_the_other_stations_alone(district):
    more = make(**DISTRICT | {"point_stations": {"count": 64}})
    same = ["grid", "community", "residents", "x", "y", "estate"]
    pd.testing.assert_frame_equal(more.grids[same], district.grids[same])
    assert (
        more.points["name_zh"].iloc[:63].tolist() == district.points["name_zh"].iloc[:63].tolist()
    )


def test_the_textbook_has_one_grid_with_one_station_in_its_middle():
    place = make(residents=1000, outline={"square": "1 km"})
    (grid,) = place.grids.to_dict("records")
    (point,) = place.points.to_dict("records")
    assert (grid["x"], grid["y"], grid["side_m"], grid["residents"]) == (0, 0, 1000, 1000)
    assert (point["x"], point["y"], grid["station"], grid["fallback"]) == (0, 0, 0, -1)
    assert not place.generated


def test_a_lattice_is_a_square_of_equal_grids():
    place = make(
        outline={"square": "3 km"},
        grids={"count": 9, "layout": "lattice"},
        residents=900,
        offices=True,
        point_stations={"count": 0},
    )
    assert (
        sorted(place.grids["x"].unique()) == sorted(place.grids["y"].unique()) == [-1000, 0, 1000]
    )
    assert place.grids["residents"].tolist() == [100] * 9
    assert place.grids["area_km2"].tolist() == [1.0] * 9
    assert place.points["kind"].tolist() == ["community_office"]
    assert place.grids["fallback"].tolist() == [0] * 9


def refused(folder=None, **section):
    with pytest.raises(InputError) as caught:
        make(folder, **section)
    return caught.value.problems


def test_a_grid_that_nobody_serves_is_refused():
    (problem,) = refused(grids={"count": 20}, point_stations={"count": 1})
    assert problem.path == "territory.offices"
    (problem,) = refused(point_stations={"count": 1, "enabled": False})
    assert "offices: true" in problem.message


def test_what_cannot_be_laid_out_is_refused_with_a_way_out():
    (problem,) = refused(grids={"count": 10, "layout": "lattice"}, offices=True)
    assert "such as 9" in problem.message
    (problem,) = refused(**DISTRICT | {"grids": {"count": 100}})
    assert problem.path == "territory.grids.count"
    (problem,) = refused(**DISTRICT | {"point_stations": {"count": 1500}})
    assert problem.path == "territory.point_stations.count"
    (problem,) = refused(workstations={"count": 5})
    assert problem.path == "territory.workstations.count"
    (problem,) = refused(communities="nanjing")
    assert problem.path == "territory.communities"


def test_fewer_workstations_than_communities_leave_the_rest_to_the_offices():
    place = make(**DISTRICT | {"workstations": {"count": 50}})
    kinds = place.points.loc[place.grids["fallback"], "kind"]
    assert set(kinds) == {"workstation", "community_office"}
    own = place.points.loc[place.grids["fallback"], "community"].to_numpy()
    assert (own == place.grids["community"].to_numpy()).all()


GRIDS = """网格,街道,社区,常住人口,lon,lat,小区类型,点站
A1,东山街道,邵圣社区,1200,118.850,31.950,大型小区,天地新城点站
A2,东山街道,邵圣社区,800,118.855,31.950,老旧小区,天地新城点站
B1,东山街道,上坊社区,1000,118.900,31.960,农村,
"""
STATIONS = "点站,名称,lon,lat\nS1,天地新城点站,118.851,31.951\n"


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")


def test_a_planner_can_bring_the_districts_own_tables(tmp_path):
    write(
        tmp_path,
        grids=GRIDS,
        stations=STATIONS,
        works="工作站,社区,lon,lat\nW1,上坊社区,118.9,31.96\n",
        rosters="point,team,shift,day_kind,number\n"
        "点站,grid_staff,day,,4\nS1,grid_staff,day,weekend,2\nS1,grid_staff,day,,3\n"
        "W1,desk,day,工作日,1\n",
    )
    place = make(
        tmp_path,
        outline="jiangning",
        grids={"table": "grids.csv"},
        point_stations={"table": "stations.csv"},
        workstations={"table": "works.csv"},
        rosters={"table": "rosters.csv"},
    )
    assert not place.generated
    assert place.grids["grid"].tolist() == ["A1", "A2", "B1"]
    assert place.grids["station"].tolist() == [0, 0, -1]
    assert place.grids["fallback"].tolist() == [1, 1, 1]
    assert place.points["community"].tolist() == ["邵圣社区", "上坊社区"]
    x, y = place.grids["x"], place.grids["y"]
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(473, abs=2)  # 0.005 degrees
    assert place.roster_rows() == {
        (0, "grid_staff"): (("day", "", 4, 2), ("day", "", 3, 4), ("day", "weekend", 2, 3)),
        (1, "desk"): (("day", "workday", 1, 5),),
    }


def test_own_grids_may_go_with_generated_stations_and_the_other_way_round(tmp_path):
    write(tmp_path, grids=GRIDS.replace(",点站\n", ",备注\n"), stations=STATIONS)
    place = make(tmp_path, outline="jiangning", grids={"table": "grids.csv"}, offices=True)
    assert place.grids["station"].tolist() == [0, 0, -1]
    assert place.generated
    place = make(
        tmp_path,
        **DISTRICT | {"point_stations": {"table": "stations.csv", "reach": "2 km"}},
    )
    assert 0 < (place.grids["station"] == 0).sum() <= 6
    assert (place.grids["station"] > 0).sum() == 0


def test_stations_may_list_the_grids_that_they_cover(tmp_path):
    grids = "grid,residents,x,y\nA,500,0,0\nB,500,400,0\nC,500,800,0\n"
    write(tmp_path, grids=grids, stations="point,x,y,grids\nS1,0,0,A；B\n")
    section = {"grids": {"table": "grids.csv"}, "point_stations": {"table": "stations.csv"}}
    place = make(tmp_path, **section, offices=True)
    assert place.grids["station"].tolist() == [0, 0, -1]
    assert place.grids["side_m"].min() > 0
    write(tmp_path, stations="point,x,y,grids\nS1,0,0,A;B\nS2,9,0,B;D\n")
    first, second = refused(tmp_path, **section, offices=True)
    assert "two stations" in first.message
    assert "“D” is not in the table" in second.message


def test_mistakes_of_several_tables_are_told_together(tmp_path):
    write(
        tmp_path,
        grids=GRIDS.replace("800", "八百"),
        stations=STATIONS.replace("118.851", "118.851度"),
        rosters="point,team,shift,number\nS1,volunteers,day,-2\n",
    )
    section = {
        "outline": "jiangning",
        "offices": True,
        "grids": {"table": "grids.csv"},
        "point_stations": {"table": "stations.csv"},
        "rosters": {"table": "rosters.csv"},
    }
    problems = refused(tmp_path, **section)
    assert [(p.file.rpartition("/")[2], p.line) for p in problems] == [
        ("grids.csv", 3),
        ("stations.csv", 2),
        ("rosters.csv", 2),
    ]


def test_a_name_that_no_table_knows_is_named_with_the_likely_one(tmp_path):
    section = {"outline": "jiangning", "offices": True, "grids": {"table": "grids.csv"}}
    write(tmp_path, grids=GRIDS, stations=STATIONS)
    (problem,) = refused(tmp_path, **section)
    assert problem.path == "territory.point_stations.table"
    section["point_stations"] = {"table": "stations.csv"}
    write(tmp_path, grids=GRIDS.replace("老旧小区,天地新城", "老旧小区,天地新成"))
    (problem,) = refused(tmp_path, **section)
    assert (problem.line, problem.suggestion) == (3, "天地新城点站")
    write(tmp_path, grids=GRIDS, rosters="point,team,shift,number\nS11,volunteers,day,2\n")
    (problem,) = refused(tmp_path, **section, rosters={"table": "rosters.csv"})
    assert (problem.line, problem.suggestion) == (2, "S1")
    write(tmp_path, grids=GRIDS.replace("118.855,31.950", ","))
    (problem,) = refused(tmp_path, **section)
    assert (problem.line, problem.message) == (3, "the position is empty")


def test_two_streets_may_have_a_community_of_the_same_name(tmp_path):
    write(tmp_path, c="社区,街道\n柏树村,淳化街道\n柏树村,谷里街道\n方山社区,淳化街道\n")
    place = make(
        tmp_path,
        outline={"square": "4 km"},
        communities={"table": "c.csv"},
        grids={"count": 12},
        offices=True,
        point_stations={"count": 0},
    )
    assert set(place.grids["community"]) == {"淳化街道柏树村", "谷里街道柏树村", "方山社区"}
    assert len(place.points) == 3


def test_a_planner_can_bring_an_outline(tmp_path):
    ring = "[[118,31],[118.1,31],[118.1,31.1],[118,31.1],[118,31]]"
    (tmp_path / "o.geojson").write_text(f'{{"type":"Polygon","coordinates":[{ring}]}}')
    place = make(tmp_path, outline="o.geojson", grids={"count": 30}, residents=30_001, offices=True)
    assert place.grids["residents"].sum() == 30_001
    assert place.grids["area_km2"].sum() == pytest.approx(9.55 * 11.09, rel=0.01)
    (tmp_path / "o.geojson").write_text("{}")
    (problem,) = refused(tmp_path, outline="o.geojson")
    assert problem.path == "territory.outline"


@settings(max_examples=200, deadline=None)
@given(
    total=st.integers(0, 5000),
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=60),
    least=st.integers(0, 3),
)
def test_residents_are_shared_out_to_the_last_one(total, weights, least):
    total = max(total, least * len(weights))
    given_ = apportion(total, np.array(weights), least)
    assert given_.sum() == total
    assert given_.min() >= least
    if least == 0 and sum(weights) > 0:
        assert (abs(given_ - np.array(weights) / sum(weights) * total) < 1 + 1e-6).all()


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 60),
    works=st.integers(0, 60),
    stations=st.integers(0, 5),
    residents=st.integers(1, 100_000),
    seed=st.integers(0, 2**40),
)
def test_any_small_district_can_be_laid_out_and_serves_everyone(
    count, works, stations, residents, seed
):
    place = make(
        outline={"square": "2 km"},
        grids={"count": count},
        residents=residents,
        workstations={"count": min(works, count)},
        point_stations={
            "count": min(stations, count),
            "estates": ["large", "old", "resettlement", "commercial", "rural"],
            "grids_each": 1,
        },
        offices=True,
        seed=seed,
    )
    assert place.grids["residents"].sum() == residents
    assert place.grids["area_km2"].sum() == pytest.approx(4, abs=1e-3)
    assert (place.grids["fallback"] >= 0).all()
    assert (place.grids["station"] >= 0).sum() == min(stations, count)
