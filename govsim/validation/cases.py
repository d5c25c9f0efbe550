"""The textbook cases: which scenario file, what is known of it, from where, what is read off.

`CASES` is what `govsim validate-model` runs. The known answers are functions of the
parameters that the files under ``scenarios/textbook`` have; nothing of the model is in
them. Lengths are chosen so that all of them together take some minutes on one core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from math import log, pi, sin

from govsim.demand.table import DemandTable
from govsim.scenarios.units import HOUR
from govsim.service.network import Network
from govsim.validation import chains, observing, paths
from govsim.validation import closed_forms as known
from govsim.validation.observing import Numbers, Replication

ERLANG = "Erlang 1917; Gans, Koole and Mandelbaum 2003, MSOM 5(2), s. 4.2.1"
GARNETT = "Garnett, Mandelbaum and Reiman 2002, MSOM 4(3), 208-227"
KHINCHINE = "Pollaczek 1930, Khinchine 1932; Larson and Odoni 1981, ch. 4"
COBHAM = "Cobham 1954, Oper. Res. 2, 70-76; data of Hillier and Lieberman"
EICK = "Eick, Massey and Whitt 1993, Management Science 39, 241-252"
INGOLFSSON = "Kolmogorov equations; Ingolfsson et al. 2007, INFORMS J. Comp. 19, 201-214"
HYPERCUBE = "Larson and Odoni 1981, s. 5.4.3, 5.4.4, 5.5.3"
DURRETT = "Jackson 1957; Durrett, Essentials of Stochastic Processes, ex. 4.29"
BURKE = "Burke 1956; Jackson 1957"
KELTON = "uniformisation; Kelton and Law 1985, Oper. Res. 33, 378-396"
DISTANCE = "Larson and Odoni 1981, ch. 3; Ghosh 1951"
CENSORED = "closed form: arrivals uniform over the week, exponential times"
TRIANGLE = "closed form: triangle of opening and close over an exponential time"


@dataclass(frozen=True)
class Case:
    """A scenario file that is simulated, and what must come out.

    Attributes
    ----------
    name : of the case; several variants of a file share it.
    file : in the folder of textbook scenarios.
    source : of the known answers.
    known : gives them by name.
    observe : gives the same names from a replication.
    block : block of the file's ``overrides`` to apply; "" for none.
    replications : independent ones.
    """

    name: str
    file: str
    source: str
    known: Callable[[], Numbers]
    observe: Callable[[Replication], Numbers]
    block: str = ""
    replications: int = 30


def _erlang_b() -> list[Case]:
    systems = (
        ("", 25, 30),
        ("10 lines", 4.46, 10),
        ("20 lines", 12.03, 20),
        ("50 lines", 37.9, 50),
        ("100 lines", 84.06, 100),
    )

    def answer(load: float, lines: int) -> Numbers:
        return {"P_block": known.erlang_b(load, lines)}

    return [
        Case(
            "erlang_b", "erlang_b.yaml", ERLANG, partial(answer, load, lines),
            observing.lost, block,
        )
        for block, load, lines in systems
    ]  # fmt: skip


P90_ERLANG_C, P90_ERLANG_A = 58.138741782, 12.4446477152
"""s; nine in ten wait no longer (the published 58.1 and 12.5, to more digits)."""


def _erlang_c() -> Numbers:
    wait = known.wait_mmc(48, 1, 50)
    return {
        "P_wait": known.erlang_c(48, 50),
        "Wq_sec": wait * 60,
        "Lq": wait * 48,
        "P_wait_gt_p90": known.wait_beyond_mmc(48, 1, 50, P90_ERLANG_C / 60),
        "utilisation": 48 / 50,
    }


def _erlang_a() -> Numbers:
    a = known.ErlangA(48, 1, 50, 0.5)
    return {
        "P_wait": a.waits,
        "P_abandon": a.abandons,
        "EW_sec_all": a.wait * 60,
        "Lq": a.queue,
        "utilisation": a.utilisation,
        "P_wait_gt_p90": a.wait_beyond(P90_ERLANG_A / 60),
    }


def _single_server() -> list[Case]:
    def answer(rate: float, cv: float) -> Numbers:
        wait = known.wait_mg1(rate, 2 / 3, cv)
        return {"Wq_h": wait, "Lq": rate * wait, "rho": rate * 2 / 3}

    systems = (("", 1.05, 1), ("lognormal", 1.05, 1), ("deterministic", 1.2, 0))
    return [
        Case(
            "mg1", "single_server.yaml", KHINCHINE, partial(answer, rate, cv),
            observing.single_queue, block,
        )
        for block, rate, cv in systems
    ]  # fmt: skip


def _within_an_hour() -> Numbers:
    return {
        "P_sojourn_le_1h": known.sojourn_within_mmc(2.4, 2, 2, 1),
        "P_wait_gt_10min": known.wait_beyond_mmc(2.4, 2, 2, 1 / 6),
    }


def _priorities(servers: int) -> Numbers:
    waits = known.wait_priorities((0.2, 0.6, 1.2), 3, servers)
    return {f"Wq_h[{i}]": wait for i, wait in enumerate(waits, 1)}


def _sinusoid(survives: Callable[[float], float]) -> Numbers:
    found = {
        f"m(t={k}/4 pi)": known.sinusoid_in_service(100, 20, survives, k * pi / 4)
        for k in (0, 1, 2, 3, 4, 6, 7)
    }
    return found | {"var/mean": 1.0}


HOURS = (0, 4, 8, 10, 12, 14, 16, 18, 20, 22)


@cache
def shifts_day(end_of_shift: chains.EndOfShift) -> chains.Day:
    """Periodic day of the case with three shifts."""

    def rate(t: float) -> float:
        return 5 + 4 * sin(2 * pi * (t - 8) / 24)

    return chains.three_shifts(rate, 1, {0: 3, 8: 9, 16: 6}, end_of_shift)


def _three_shifts(end_of_shift: chains.EndOfShift, hours: tuple[int, ...]) -> Numbers:
    day = shifts_day(end_of_shift)
    found = {"P_delayed": day.delayed, "Wq_h": day.wait}
    found |= {f"EN({h} h)": float(day.present[h]) for h in hours}
    return found | {f"P_all_busy({h} h)": float(day.all_busy[h]) for h in hours}


def _shifts(block: chains.EndOfShift, hours: tuple[int, ...]) -> Case:
    return Case(
        "three_shifts",
        "three_shifts.yaml",
        INGOLFSSON,
        partial(_three_shifts, block, hours),
        partial(observing.shifts, hours=hours),
        "" if block == "finish" else block,
    )


def _hypercube() -> Numbers:
    h = chains.hypercube((0.5, 0.25, 0.35, 0.4), ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)), 1)
    found = {f"workload[{u}]": w for u, w in enumerate(h.workload, 1)}
    found |= {"P_queue": h.queued, "fraction_inter": h.outside}
    for u, row in enumerate(h.dispatches.tolist(), 1):
        found |= {f"f[{u},{a}]": x for a, x in enumerate(row, 1)}
    states = {f"P({state})": p for state, p in h.states.items()}
    states["P(111)"] += h.queued - h.states["111"]  # the time with a queue is all-busy time too
    return found | states


def _jackson() -> Numbers:
    rates = (9, 7, 7)
    routing = ((0, 0.7, 0), (0.2, 0, 0.5), (0, 0.2, 0))
    through, present, time = known.jackson((3.8, 0, 0), routing, rates)
    found = {"T_h": time}
    for i, (t, n, rate) in enumerate(zip(through, present, rates, strict=True), 1):
        found |= {f"throughput[{i}]": t, f"rho[{i}]": t / rate, f"L[{i}]": n}
    return found


def _tandem() -> Numbers:
    waits = known.wait_mmc(3, 4, 1), known.wait_mmc(3, 2, 2)
    return {"Wq1_h": waits[0], "Wq2_h": waits[1], "T_h": sum(waits) + 1 / 4 + 1 / 2}


MINUTES = (1, 5, 10, 50, 100, 200, 500)
CUSTOMERS = (2, 5, 10, 50, 100, 500, 1000)


def _from_empty() -> Numbers:
    present = chains.number_from_empty(0.9, 1, MINUTES)
    waits = chains.waits_from_empty(0.9, 1, CUSTOMERS)
    found = {f"EN({t})": x for t, x in zip(MINUTES, present, strict=True)}
    return found | {f"Wq[{n}]": x for n, x in zip(CUSTOMERS, waits, strict=True)}


def _travel() -> list[Case]:
    def case(file: str, block: str, answer: Callable[[str], float]) -> Case:
        metric = "rectilinear" if "rectilinear" in block else "euclidean"
        return Case(
            "travel", file, DISTANCE, lambda: {"mean_distance": answer(metric)},
            observing.distance, block,
        )  # fmt: skip

    centre, between = known.mean_distance_to_centre, known.mean_distance_of_two
    return [
        case("travel.yaml", "", centre),
        case("travel.yaml", "rectilinear", centre),
        case("travel.yaml", "cells", centre),
        case("travel_between.yaml", "", between),
        case("travel_between.yaml", "rectilinear", between),
    ]


def _week() -> Numbers:
    return {
        "compliance_solve": known.within_limit(1, 1),
        "solve_hours_median": 24 * log(2),
        "closed_only": known.closed_in_time_share(1, 1, 7),
    }


def _same_day(mean: float) -> Numbers:
    none, one = known.same_day_shares(mean)
    return {"P_K0": none, "P_K1": one, "mean_K": mean, "P_le_1d": known.within_limit(mean, 1)}


CASES: tuple[Case, ...] = (
    *_erlang_b(),
    Case(
        "erlang_c", "erlang_c.yaml", GARNETT, _erlang_c,
        partial(observing.waiting_calls, late_s=P90_ERLANG_C),
    ),
    Case(
        "erlang_a", "erlang_a.yaml", GARNETT, _erlang_a,
        partial(observing.impatient_calls, late_s=P90_ERLANG_A),
    ),
    *_single_server(),
    Case(
        "sojourn", "within_an_hour.yaml", "Gross and Harris, s. 2.3", _within_an_hour,
        observing.kept_promise,
    ),
    Case(
        "priorities", "priorities.yaml", COBHAM, partial(_priorities, 1), observing.wait_by_class
    ),
    Case(
        "priorities", "priorities.yaml", COBHAM, partial(_priorities, 2), observing.wait_by_class,
        "two doctors",
    ),
    *(
        Case(
            "sinusoid", "sinusoid.yaml", EICK, partial(_sinusoid, survives),
            observing.in_service_by_phase, block,
        )
        for block, survives in (
            ("", known.survives_exponential),
            ("deterministic", known.survives_deterministic),
            ("lognormal", known.survives_lognormal),
        )
    ),
    _shifts("finish", HOURS),
    _shifts("relief", ()),
    _shifts("hand over", HOURS),
    Case("hypercube", "hypercube.yaml", HYPERCUBE, _hypercube, observing.dispatches),
    Case("jackson", "jackson.yaml", DURRETT, _jackson, observing.stations),
    Case("tandem", "tandem.yaml", BURKE, _tandem, observing.tandem),
    Case(
        "from_empty", "from_empty.yaml", KELTON, _from_empty,
        partial(observing.from_empty, minutes=MINUTES, customers=CUSTOMERS), replications=900,
    ),
    *_travel(),
    Case("horizon", "seven_days.yaml", CENSORED, _week, observing.compliance_in_a_week),
    Case("same_day", "same_day.yaml", TRIANGLE, partial(_same_day, 2), observing.same_day),
    Case(
        "same_day", "same_day.yaml", TRIANGLE, partial(_same_day, 1), observing.same_day, "one day"
    ),
    Case(
        "same_day", "same_day.yaml", TRIANGLE, partial(_same_day, 0.5), observing.same_day,
        "half a day",
    ),
)  # fmt: skip

Recursion = Callable[[DemandTable], paths.Ints]
PATH = "path"
PATH_SOURCE = "Kiefer and Wolfowitz 1955, and the like with classes, patience or no room"
PATHS: tuple[tuple[str, str, Recursion], ...] = (
    ("erlang_b.yaml", "", partial(paths.in_order, servers=30, room=0)),
    ("erlang_c.yaml", "", partial(paths.in_order, servers=50)),
    ("erlang_a.yaml", "", partial(paths.in_order, servers=50)),
    ("single_server.yaml", "lognormal", partial(paths.in_order, servers=1)),
    ("within_an_hour.yaml", "", partial(paths.in_order, servers=2)),
    ("priorities.yaml", "", partial(paths.by_class, servers=1, priority=[0, 1, 2])),
    ("priorities.yaml", "two doctors", partial(paths.by_class, servers=2, priority=[0, 1, 2])),
)
"""File, block of overrides, and when each of its demands must be begun."""

OFFICE_HOURS = "office_hours"
OFFICE_HOURS_FILE = "office_hours.yaml"
OFFICE_HOURS_SOURCE = "pandas 2.3.3 CustomBusinessHour; the fourth by hand"
OFFICE_HOURS_KNOWN = (
    ("2024-03-01 16:00", 10.0, "2024-03-05 10:00"),
    ("2024-03-02 12:00", 1.0, "2024-03-04 10:00"),
    ("2024-03-04 08:00", 8.0, "2024-03-05 09:00"),
    ("2024-03-08 17:00", 0.5, "2024-03-11 09:30"),
    ("2024-03-07 13:30", 20.0, "2024-03-12 09:30"),
)
"""Start, working hours, and when they are over: Monday to Friday, 9 to 17."""


def end_of_working_time(network: Network, start: str, hours: float) -> str:
    """When so many working hours after a moment are over, by the scenario's own calendar."""
    first = datetime.combine(network.scenario.start, datetime.min.time())
    since = round((datetime.fromisoformat(start) - first).total_seconds() * 1000)
    over = network.clock.finish(since, round(hours * HOUR))
    return (first + timedelta(milliseconds=over)).strftime("%Y-%m-%d %H:%M")
