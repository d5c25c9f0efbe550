"""Make scenarios/boston and the sample in tests/data from Boston's 311 requests of 2015.

    python tools/make_boston.py [../shared/data/boston311/boston311-2015.csv.gz]

What is fitted uses requests opened before October 2015, as they stood on the 1st of October: a
case that was closed later counts as still open. docs/boston.md says what is done and why.
"""

from __future__ import annotations

import argparse
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

ROOT = Path(__file__).parents[1]
RAW = ROOT.parent / "shared" / "data" / "boston311" / "boston311-2015.csv.gz"
OUT = ROOT / "scenarios" / "boston"
SCENARIO = OUT / "boston.yaml"
SAMPLE = ROOT / "tests" / "data" / "boston-sample.csv"

START, SPLIT = pd.Timestamp("2015-01-01"), pd.Timestamp("2015-10-01")
"""The requests that are fitted: opened from, and before; the second is also when one looked."""

RECENT = pd.Timestamp("2015-08-01")
"""Promises and times to the close are those of the months from then on: services change."""

NO_RECORD = pd.Timestamp("2015-07-22")
"""A weekday without a single request: a day that the record lacks, not one without requests."""

DEPARTMENTS = {
    "PWDx": ("public_works", "公共工程局", "Public Works"),
    "ISD": ("inspections", "检查服务局", "Inspectional Services"),
    "BTDT": ("transportation", "交通局", "Transportation"),
    "INFO": ("mayors_hotline", "市长热线", "Mayor's Hotline"),
    "PARK": ("parks", "公园与康乐局", "Parks and Recreation"),
    "PROP": ("property", "物业管理局", "Property Management"),
    "HS_O": ("civil_rights", "民权办公室", "Civil Rights"),
    "BWSC": ("water", "供排水公司", "Water and Sewer"),
}
"""Departments by their code in the records: key, Chinese and English name."""

OTHER = ("other", "其他部门", "other offices")
"""What stands for departments with fewer than 1% of all requests."""

TYPES = {
    "Street Light Outages": ("street_lights", "路灯熄灭"),
    "Pothole Repair (Internal)": ("potholes", "路面坑洞（内部）"),
    "General Comments For a Program or Policy": ("comments", "对项目或政策的意见"),
    "Schedule a Bulk Item Pickup SS": ("bulk_items", "大件垃圾预约（自助）"),
    "Graffiti Removal": ("graffiti", "清除涂鸦"),
    "Building Inspection Request": ("buildings", "房屋检查申请"),
    "Sign Repair": ("sign_repair", "交通标志修复"),
    "CE Collection": ("collection", "违规垃圾收运"),
    "Sidewalk Repair (Make Safe)": ("sidewalk_safe", "人行道排险"),
    "Tree Maintenance Requests": ("trees", "树木养护"),
    "Request for Recycling Cart": ("recycling_carts", "申领回收箱"),
    "Empty Litter Basket": ("litter_baskets", "清空果皮箱"),
    "Animal Generic Request": ("animals", "动物事务"),
    "Traffic Signal Repair": ("signal_repair", "信号灯修复"),
    "Unsatisfactory Living Conditions": ("living_conditions", "居住条件不合格"),
    "Abandoned Vehicles": ("abandoned_vehicles", "废弃车辆"),
    "OCR Front Desk Interactions": ("front_desk", "前台接待"),
    "Sticker Request": ("stickers", "申领贴纸"),
    "Rodent Activity": ("rodents", "鼠患"),
    "Pick up Dead Animal": ("dead_animals", "清理动物尸体"),
    "Ground Maintenance": ("grounds", "场地养护"),
    "Equipment Repair": ("equipment", "设施维修"),
    "Sidewalk Repair": ("sidewalks", "人行道维修"),
    "Traffic Signal Inspection": ("signal_inspection", "信号灯检查"),
    "Unsafe Dangerous Conditions": ("dangers", "危险状况"),
    "Misc. Snow Complaint": ("snow", "冰雪投诉"),
    "PWD Graffiti": ("works_graffiti", "公共设施涂鸦"),
    "General Lighting Request": ("lighting", "照明事务"),
    "Electrical": ("electrical", "电气安全"),
    "Missing Sign": ("missing_signs", "交通标志缺失"),
}
"""Types with most requests, those above 900 until September: key and Chinese name."""

TERMS = {
    "week": (8.0, "一周内承诺的其他事项", "other, promised within a week"),
    "months": (70.0, "两月内承诺的其他事项", "other, promised within two months"),
    "later": (np.inf, "更久承诺的其他事项", "other, promised later"),
    "unpromised": (np.nan, "未作承诺的其他事项", "other, without a promise"),
}
"""What stands for all other types of a department, by the promise: at most so many days."""

STAFF = ("Employee Generated", "City Worker App", "Maximo Integration")
"""Sources by which staff enter what they found themselves."""

CHANNELS = {
    "Constituent Call": ("call_311", "市民来电", "call to 311"),
    "Citizens Connect App": ("app", "手机应用", "mobile app"),
    "Self Service": ("web", "自助网页", "self-service on the web"),
    "Twitter": ("twitter", "推特", "Twitter"),
}

NEIGHBOURHOODS = {
    "Brighton": "Allston / Brighton",
    "Allston": "Allston / Brighton",
    "South Boston": "South Boston / South Boston Waterfront",
    "Mattapan": "Greater Mattapan",
    "Chestnut Hill": "West Roxbury",
    "Boston": None,
}
"""Neighbourhoods that are part of another's name, and a word that tells nothing."""

RESIDENTS = 617_594
"""Census of 2010."""

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.995)
"""Quantiles with which a time is written."""

NEVER = 1000.0
"""Days after which the last cases are taken to be closed."""

COLUMNS = {
    "order": "case_enquiry_id",
    "created": "open_dt",
    "closed": "closed_dt",
    "due": "target_dt",
    "channel": "source",
    "category": "type",
    "place": "neighborhood",
    "status": "case_status",
    "place_unknown": "loc_is_cityhall_default",
    "longitude": "longitude",
    "latitude": "latitude",
}
"""The columns that are read, by what they are."""

SAMPLE_SIZE = 1950
FITTED = (
    *(f"demand.{name}" for name in ("hours", "weekdays", "months", "holidays", "dispersion.k")),
    *(f"demand.categories.*.{name}" for name in ("rate", "incident", "department_time")),
    "channels.*",
)
"""Inputs that the records tell."""

LEAST = 50
"""Cases that it takes to fit a promise or a time from recent ones, or from residents' alone."""

HEAD = """
What 311 requests of January to September 2015 tell of Boston; boston.yaml is to be run.

Written by tools/make_boston.py: change that, not this. Source: Boston 311 service requests, City
of Boston, open data. Rates and shares are counted; promises (medians) and times to the close
(Kaplan and Meier) are those of August and September. The months from October on are not fitted:
their factor is 1.
"""

MAPPING_HEAD = """
How govsim reads Boston's 311 requests; written by tools/make_boston.py.

Types of request are put together as in the scenario; what is not listed stays as it is.
"""

DAY, EPOCH = pd.Timedelta("1D"), pd.Timestamp("2014-12-01")
Floats = NDArray[np.float64]
Spec = dict[str, Any]
Names = dict[str, tuple[str, str]]
"""Category and department of each type of request."""


@cache
def holidays() -> pd.DatetimeIndex:
    """Read the holidays from the scenario."""
    calendar = YAML(typ="safe").load(SCENARIO)["calendar"]
    return pd.to_datetime(calendar["extra_holidays"])


@cache
def working_days() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lay out whether each day from `EPOCH` on is worked, and how many before it are."""
    days = pd.date_range(EPOCH, "2070-12-31")
    work = ((days.day_of_week < 5) & ~days.isin(holidays())).astype(float)
    return work, np.concatenate([[0.0], np.cumsum(work)])


def days_until(times: pd.Series | pd.Timestamp, working: bool) -> Floats:
    """Count days of 24 hours from `EPOCH` on, all of them or those that are worked."""
    since: Floats = np.asarray((times - EPOCH) / DAY, dtype=np.float64)
    if not working:
        return since
    work, before = working_days()
    day = np.floor(since).astype(int)
    return before[day] + work[day] * (since - day)


@dataclass(frozen=True)
class Term:
    """A number of days, counted in working days or all days."""

    days: float
    working: bool

    def __str__(self) -> str:
        """Write it as a scenario does."""
        unit = "working day" if self.working else "day"
        return f"{self.days:g} {unit}{'' if self.days == 1 else 's'}"


def read(file: Path) -> pd.DataFrame:
    """Read the requests that can be used, with ``over``, whether they were closed by `SPLIT`."""
    times = ["open_dt", "target_dt", "closed_dt"]
    frame = pd.read_csv(file, parse_dates=times, low_memory=False)
    frame = frame[~(frame["closed_dt"] < frame["open_dt"])].copy()
    frame["found"] = frame["source"].isin(STAFF)
    frame["place"] = frame["neighborhood"].replace(NEIGHBOURHOODS)
    frame.loc[frame["loc_is_cityhall_default"], "place"] = None
    frame["over"] = frame["closed_dt"] < SPLIT
    return frame


def categories(frame: pd.DataFrame) -> Names:
    """Give each type of request its category and department.

    A type is the department's that has most of its cases. Types with a name in `TYPES` stand for
    themselves, the others for their department and how long a promise they have.
    """
    fitted = frame[frame["open_dt"] < SPLIT]
    main = fitted.groupby("type")["department"].agg(lambda of: of.value_counts().index[0])
    promised = (fitted["target_dt"] - fitted["open_dt"]) / DAY
    median = promised.groupby(fitted["type"]).median()
    has = promised.notna().groupby(fitted["type"]).mean()
    found = {}
    for name, code in main.items():
        department = DEPARTMENTS.get(code, OTHER)[0]
        days = median[name] if has[name] > 0.5 else np.nan
        term = next((key for key, (most, *_) in TERMS.items() if days <= most), "unpromised")
        found[name] = f"{department}_{TYPES[name][0] if name in TYPES else term}", department
    return found


def promise(cases: pd.DataFrame) -> Term | None:
    """Find what was promised: the median, by the clock under which promises differ least."""
    recent = cases[cases["open_dt"] >= RECENT]
    cases = recent if len(recent) >= LEAST else cases
    made = cases[cases["target_dt"].notna()]
    if len(made) < len(cases) / 2:
        return None
    lengths = {
        working: days_until(made["target_dt"], working) - days_until(made["open_dt"], working)
        for working in (True, False)
    }
    apart = {}
    for working, days in lengths.items():
        middle = np.median(days)
        apart[working] = (np.mean(np.abs(days - middle) / middle), middle)
    working = apart[True][0] < apart[False][0]
    return Term(float(f"{apart[working][1]:.3g}"), working)


def closed_by(cases: pd.DataFrame, since: pd.Timestamp, working: bool) -> tuple[Floats, Floats]:
    """Estimate the share of cases that are closed by each age, from what happened since a day.

    Returns
    -------
    ages, shares
        Where a case was closed, in days. The product-limit estimator of Kaplan and Meier with
        delayed entry: a case that is older than that day is at risk from its age on that day.
    """
    opened = days_until(cases["open_dt"], working)
    ended = days_until(cases["closed_dt"].where(cases["over"], SPLIT), working) - opened
    began = np.where(cases["open_dt"] < since, days_until(since, working) - opened, -1.0)
    seen = ended > began
    ages, closed = np.unique(ended[seen & cases["over"]], return_counts=True)
    at_risk = np.searchsorted(np.sort(began[seen]), ages)
    at_risk -= np.searchsorted(np.sort(ended[seen]), ages)
    return ages, 1 - np.cumprod(1 - closed / at_risk)


def time_to_close(cases: pd.DataFrame, at: Term | None) -> Spec:
    """Write the time to the close as quantiles, with the share that is closed when promised."""
    residents = cases[~cases["found"]]  # staff often enter what they have already done
    cases = residents if len(residents) >= LEAST else cases
    # What is a matter of winter, or rare, has too few recent cases.
    enough = (cases["open_dt"] >= RECENT).sum() >= LEAST
    working = at is None or at.working
    ages, shares = closed_by(cases, RECENT if enough else START, working)
    known = [(share, float(np.interp(share, shares, ages))) for share in SHARES]
    if at is not None and (before := np.searchsorted(ages, at.days, "right")):
        known.append((round(float(shares[before - 1]), 4), at.days))
    points = [(0.0, 0.0)]
    for share, days in sorted(known):
        if points[-1][0] < share <= shares[-1] and share < 1:
            points.append((share, max(points[-1][1], float(f"{days:.4g}"))))
    points.append((1.0, NEVER))
    return {"empirical": {"quantiles": [[q, str(Term(days, working))] for q, days in points]}}


class Days:
    """The days of the record that are fitted: how many requests came, and what explains it."""

    def __init__(self, fitted: pd.DataFrame) -> None:
        day = fitted["open_dt"].dt.normalize()
        every = pd.date_range(START, SPLIT, inclusive="left").drop(NO_RECORD)
        self.number = day.value_counts().reindex(every, fill_value=0)
        holiday = every.isin(holidays())
        ordinary = self.number[~holiday]
        weekday = ordinary.groupby(ordinary.index.day_of_week).mean()
        self.weekdays = (weekday / weekday.mean()).round(3).tolist()
        usual = pd.Series(np.array(self.weekdays)[every.day_of_week], every)
        level = ordinary.sum() / usual[~holiday].sum()
        in_month = ordinary.groupby(ordinary.index.month).sum()
        months = in_month / usual[~holiday].groupby(ordinary.index.month).sum() / level
        # Of the months that were not seen nothing is known.
        self.months = months.reindex(range(1, 13), fill_value=1.0).round(3).tolist()
        usual *= np.array(self.months)[every.month - 1]
        mean = self.number[holiday].sum() / usual[holiday].sum() / level
        self.holidays = round(float(mean), 3)
        usual[holiday] *= self.holidays
        self.exposure = float(usual.sum())
        self.expected = usual * self.number.sum() / self.exposure

    def dispersion(self) -> float:
        """Shape of the gamma factor of a day, by moments: Var = mu + mu² / k."""
        mean, off = self.expected, self.number - self.expected
        return round(float((mean**2).sum() / (off**2 - mean).sum()), 2)


def fit(frame: pd.DataFrame, names: Names) -> Spec:
    """Fit demand, channels and departments' times, with how each is known."""
    fitted = frame[frame["open_dt"] < SPLIT]
    residents = fitted[~fitted["found"]]
    days, hours = Days(fitted), residents["open_dt"].dt.hour.value_counts(normalize=True)
    labels, categories = _labels(), {}
    for key, cases in fitted.groupby(fitted["type"].map(lambda name: names[name][0])):
        term = promise(cases)
        categories[key] = {
            "label": labels[key],
            "rate": f"{len(cases) / days.exposure:.4g} per day",
            "group": "city",
            "incident": round(float(cases["found"].mean()), 3),
            "visible": 1,
            "report_lag": "365 days",
            "answered": 0,
            "complex": 1,
            "make_safe": "0 min",
            "department": names[cases["type"].iloc[0]][1],
            "department_time": time_to_close(cases, term),
            "joint_meeting": 0,
        }
        if term is not None:
            categories[key]["solve"] = str(term)
    shares = residents["source"].value_counts(normalize=True)
    return {
        "demand": {
            "hours": (100 * hours.reindex(range(24), fill_value=0)).round(2).tolist(),
            "weekdays": days.weekdays,
            "months": days.months,
            "holidays": days.holidays,
            "dispersion": {"k": days.dispersion(), "area": "district"},
            "induced": {"enabled": False},
            "categories": categories,
        },
        "channels": {
            key: {
                "label": {"zh": zh, "en": en},
                "with_station": round(float(shares[source]), 4),
                "without_station": round(float(shares[source]), 4),
                "via": "centre",
            }
            for source, (key, zh, en) in CHANNELS.items()
        },
        "departments": {
            key: {
                "label": {"zh": zh, "en": en},
                "crews": None,
                "hours": "always",
                "days": "workdays",
            }
            for key, zh, en in (*DEPARTMENTS.values(), OTHER)
        },
        "evidence": {
            **{
                path: {"evidence": "inferred", "source": f"{len(fitted):,} requests"}
                for path in FITTED
            },
            "demand.categories.*.solve": {
                "evidence": "published",
                "source": "target_dt of the records, the median of the category",
            },
        },
    }


def _labels() -> dict[str, Spec]:
    """Name all categories."""
    found = {}
    for department, chinese, english in (*DEPARTMENTS.values(), OTHER):
        for key, (_, zh, en) in TERMS.items():
            label = {"zh": f"{chinese}：{zh}", "en": f"{english}: {en}"}
            found[f"{department}_{key}"] = label
        for name, (key, zh) in TYPES.items():
            found[f"{department}_{key}"] = {"zh": zh, "en": name}
    return found


def neighbourhoods(frame: pd.DataFrame) -> pd.DataFrame:
    """Lay out the grids: a neighbourhood each, with residents in proportion to their requests."""
    known = frame[(frame["open_dt"] < SPLIT) & frame["place"].notna() & ~frame["found"]]
    at = known.groupby("place")[["longitude", "latitude"]].median().round(4)
    people = (known["place"].value_counts(normalize=True) * RESIDENTS).round().astype(int)
    return pd.DataFrame(
        {
            "grid": at.index,
            "street": "Boston",
            "community": at.index,
            "residents": people.reindex(at.index).to_numpy(),
            "lon": at["longitude"].to_numpy(),
            "lat": at["latitude"].to_numpy(),
            "side": 1000,
            "estate": "large",
            "station": "City Hall",
        }
    )


def mapping(names: Names) -> Spec:
    """Say how the file is read into the scenario's words."""
    channels: dict[str, Any] = {source: key for source, (key, *_) in CHANNELS.items()}
    return {
        "columns": COLUMNS,
        "values": {
            "channel": channels | dict.fromkeys(STAFF, "found by staff"),
            "category": {name: key for name, (key, _) in sorted(names.items())},
            "place": NEIGHBOURHOODS,
        },
        "timezone": "America/New_York",
    }


def write(file: Path, head: str, tree: Spec) -> None:
    """Write YAML below a comment; what is innermost stands on one line."""
    text, yaml = io.StringIO(), YAML()
    yaml.width = 100
    yaml.representer.add_representer(
        type(None), lambda to, _: to.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    yaml.dump(_laid_out(tree), text)
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head.strip().splitlines())
    file.write_text(comment + text.getvalue(), encoding="utf-8")


def _laid_out(value: Any) -> Any:
    if isinstance(value, list):
        line = CommentedSeq([_laid_out(one) for one in value])
        line.fa.set_flow_style()
        return line
    if not isinstance(value, dict):
        return value
    block = CommentedMap({key: _laid_out(one) for key, one in value.items()})
    if len(value) <= 2 and not any(isinstance(one, dict) for one in value.values()):
        block.fa.set_flow_style()
    return block


def make(raw: Path) -> None:
    """Write the files."""
    frame = read(raw)
    names = categories(frame)
    write(OUT / "requests.yaml", HEAD, fit(frame, names))
    write(OUT / "mapping.yaml", MAPPING_HEAD, mapping(names))
    neighbourhoods(frame).to_csv(OUT / "neighbourhoods.csv", index=False)
    rows = pd.read_csv(raw, dtype=str, keep_default_na=False, usecols=list(COLUMNS.values()))
    rows.sample(SAMPLE_SIZE, random_state=1).sort_index().to_csv(SAMPLE, index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make scenarios/boston from its records.")
    parser.add_argument("raw", type=Path, nargs="?", default=RAW)
    make(parser.parse_args().raw)
