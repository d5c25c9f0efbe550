"""Which rosters keep a promise at the least cost, or best for a sum: a plan that was checked.

`optimise` is the door for the command line and for Python. It says first whether any staffing can
keep the promises at all; then it sorts the plans of a box by their cost and races them from the
cheapest on; and what it claims of the plan that it gives was found on demands that the search never
saw. The method and its limits are in docs/optimisation.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from govsim.evaluation.service import Service
from govsim.optimisation.answer import Answer
from govsim.optimisation.asked import Wanted, asked_for
from govsim.optimisation.by_point import AnswerByPoint
from govsim.optimisation.result import FOUND, OPTIMISE, Optimum, write_optimum
from govsim.optimisation.result import open_optimum as open_optimum
from govsim.runs.executors import Executor
from govsim.runs.progress import OnProgress
from govsim.runs.trials import Kept
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario


def optimise(
    scenario: str | Path | Scenario | Loaded,
    *,
    keep: Sequence[str] = (),
    best: str | None = None,
    budget: float | None = None,
    heads: int | None = None,
    vary: Sequence[str] = (),
    fix: Sequence[str] = (),
    tries: Sequence[str] = (),
    curve: bool = False,
    each_point: bool = False,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> Optimum:
    """Find the cheapest rosters that keep promises, or the best for a budget.

    Parameters
    ----------
    scenario, seed, settings, overrides : as for `govsim.run`.
    keep : promises such as ``scene=55%`` or ``orders<=574``: any measure that reports show.
    best : a measure that is to be as good as possible, within `budget` or `heads`; if promises are
        given too, among plans that keep them. Clock 1 if there are no promises.
    budget : at most so much for people on duty and options, yuan a year.
    heads : at most so many posts on the rosters, over all shifts.
    vary : numbers on duty with the values to try, ``teams.volunteers.roster.day=0..3``. Others are
        tried with one fewer and one more than today.
    fix : teams, or single numbers, that stay as they are.
    tries : changes of something else with their price, ``travel.turn_out=1 min:20000 yuan/year``.
    curve : also what each amount of money buys.
    each_point : each point has rosters of its own, in place of all points of a kind alike.
    out : folder for results; ``<out>/optimise/<id>`` is made in it, and a search that was stopped
        goes on there. The plan is written beside the scenario, as ``<scenario>-plan.yaml`` with its
        table of rosters. None: nothing is written.
    on_progress : told how far it is.
    executor : where replications are done; on all cores if not given.

    Returns
    -------
    Optimum
        Also where no plan was found: then it says why.

    Raises
    ------
    InputError
        The scenario, or what is asked, can't be used; or no plan is within the budget.
    RunError
        The results can't be written.
    """
    wanted = Wanted(
        tuple(keep), best, budget, heads, tuple(vary), tuple(fix), tuple(tries), curve, each_point
    )
    service = Service(
        scenario,
        seed=seed,
        settings=settings,
        overrides=overrides,
        executor=executor,
    )
    question = asked_for(service, wanted)
    folder = None if out is None else Path(out) / OPTIMISE / question.key
    answer = (AnswerByPoint if each_point else Answer)(question, Kept(folder), on_progress)
    found = answer.optimum()
    if folder is None:
        return found
    if found.verdict == FOUND and (file := answer.write(folder)):
        found = replace(found, manifest={**found.manifest, "plan_file": str(file)})
    return write_optimum(found, folder)
