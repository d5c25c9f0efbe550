"""What is inferred from records is as true as it says, and no truer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from govsim import language
from govsim.calibration.inference import design, emulator, posterior, prior, records, sbc, summaries
from govsim.demand.table import draw
from govsim.errors import InputError, RunError
from govsim.report.calibration_tables import summary_name
from govsim.runs.executors import Serial
from govsim.runs.tasks import runs
from govsim.runs.trials import Kept, Trial, plain
from govsim.validation import inferring

TWO = ("demand.level", "residents.escalation")


@pytest.fixture(scope="module")
def inputs(short):
    return prior.find(short.scenario, TWO)


@pytest.fixture(scope="module")
def base(short):
    scenario = short.scenario
    return Trial(plain(scenario), str(short.folder), (0,), scenario.warm_up, ())


@pytest.fixture(scope="module")
def replication(short):
    """A replication of the short scenario: the service, its demands, what became of them."""
    service = Trial(plain(short.scenario), str(short.folder), (), 0, ()).network()
    table = draw(service, 0)
    return service, table, runs("compiled")(service, table, short.scenario.warm_up)


# ---------------------------------------------------------------------- latent inputs


def test_scores_and_positions_say_the_same():
    z = np.linspace(-3, 3, 61)
    assert prior.scores(prior.positions(z)) == pytest.approx(z, abs=1e-9)
    assert prior.positions(np.zeros(1)) == pytest.approx(0.5)


def test_a_score_of_zero_changes_nothing(short, inputs):
    scenario = short.scenario
    for path, value in prior.changes(scenario, inputs, np.zeros(2)):
        now = plain(scenario.model_copy())
        assert Trial(now, "", (), 0, ()).changed([(path, value)]).changes != "[]"
        at = scenario
        for part in path:
            at = at[part] if isinstance(at, dict) else getattr(at, part)
        assert value == pytest.approx(float(at), rel=1e-5)


def test_a_misspelled_input_is_told_with_the_likely_one(short):
    with pytest.raises(InputError, match=r"demand\.levl.*did you mean demand\.level"):
        prior.find(short.scenario, ["demand.levl"])


# ---------------------------------------------------------------------- records


def test_records_hold_what_the_outcome_holds(replication):
    service, table, outcome = replication
    start = outcome.measured_from
    shown = records.of_replication(service, table, outcome, start)
    mine = (outcome.orders["time"] >= start) & (outcome.orders["answered"] == 0)
    assert len(shown.orders.took) == mine.sum() > 0
    assert shown.weeks == pytest.approx(3)
    assert shown.orders.again.sum() == (outcome.orders["round"][mine] > 0).sum()
    found = (table.source > 0) & (table.enters >= start) & (outcome.demands["accepted"] >= 0)
    assert shown.ledger.found.sum() == found.sum() > 0
    on_scene = np.isfinite(shown.ledger.scene)
    assert (shown.ledger.scene[on_scene] >= 0).all()


def test_summaries_leave_out_what_nobody_recorded(replication):
    service, table, outcome = replication
    shown = records.of_replication(service, table, outcome, outcome.measured_from)
    assert tuple(summaries.of(shown)) == summaries.NAMES
    kinds = {name.split()[0] for name in summaries.of(replace(shown, links=None))}
    assert kinds == {"orders", "ledger"}
    kinds = {name.split()[0] for name in summaries.of(replace(shown, ledger=None))}
    assert kinds == {"orders"}


def test_every_summary_has_a_name_in_chinese(replication):
    language.use("zh")
    assert not [one for one in summaries.NAMES if summary_name(one).isascii()]


def test_an_empty_record_has_finite_counts():
    nobody = np.zeros(0)
    none = records.Orders(nobody, nobody > 0, np.zeros(0, dtype=np.int64))
    found = summaries.of(records.Records(2.0, none))
    assert found["orders a week"] == pytest.approx(np.log(0.25))
    assert np.isnan(found["orders median short time"])


def test_whoever_was_stopped_goes_on(base, inputs, tmp_path):
    points = design.design(4, 2, 1)
    whole = design.simulate(base, inputs, points, Serial(), Kept(), seeds=2)

    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        design.simulate(base, inputs, points, Serial(), Kept(tmp_path), 2, on_trial=stop)
    told = []
    again = design.simulate(
        base,
        inputs,
        points,
        Serial(),
        Kept(tmp_path),
        2,
        on_trial=lambda done, _: told.append(done),
    )
    assert told == [2, 3, 4]
    pd.testing.assert_frame_equal(again.summaries, whole.summaries)
    np.testing.assert_array_equal(again.scores, np.repeat(points, 2, axis=0))


def test_more_demand_brings_more_orders(base, inputs):
    points = np.array([[-1.5, 0.0], [1.5, 0.0]])
    found = design.simulate(base, inputs, points, Serial(), Kept(), seeds=3).summaries
    orders = found["orders a week"].to_numpy()
    assert orders[3:].min() > orders[:3].max()


# ---------------------------------------------------------------------- emulator, posterior


def toy(z, rng):
    """Two summaries of two inputs, whose mean and spread are known."""
    x = 2 * prior.positions(z) - 1
    noise = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], len(z))
    mean, deviation = known(x)
    return pd.DataFrame(mean + deviation * noise, columns=["orders a", "orders b"])


def known(x):
    mean = np.column_stack([1 + 2 * x[:, 0] + x[:, 0] * x[:, 1], x[:, 1] ** 3 - x[:, 0]])
    deviation = np.column_stack([0.1 * np.exp(0.5 * x[:, 0]), np.full(len(x), 0.2)])
    return mean, deviation


@pytest.fixture(scope="module")
def emulated():
    rng = np.random.default_rng(11)
    z = design.design(2048, 2, 3)
    return emulator.fit(z, toy(z, rng))


def test_an_emulator_finds_a_known_mean_and_spread(emulated):
    z = np.random.default_rng(1).standard_normal((400, 2))
    mean, deviation = emulated.predict(z)
    true_mean, true_deviation = known(2 * prior.positions(z) - 1)
    assert np.abs((mean - true_mean) / true_deviation).mean() < 0.15
    assert np.abs(deviation / true_deviation - 1).mean() < 0.1
    assert emulated.correlation[0, 1] == pytest.approx(0.6, abs=0.06)


def test_an_emulator_says_what_it_leaves_out():
    z = design.design(256, 2, 3)
    found = toy(z, np.random.default_rng(0))
    found["ledger c"] = np.where(np.arange(256) % 2, np.nan, 1.0)
    assert emulator.fit(z, found).left_out == ("ledger c",)
    with pytest.raises(RunError, match="too few"):
        emulator.fit(z[:4], found[:4])


def test_correlations_of_few_points_can_be_inverted():
    rng = np.random.default_rng(0)
    one = rng.standard_normal((12, 1))
    found = emulator._correlation(np.hstack([one, -one, rng.standard_normal((12, 20))]))
    assert np.linalg.eigvalsh(found).min() > 1e-3
    many = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 50_000)
    assert emulator._correlation(many)[0, 1] == pytest.approx(0.6, abs=0.02)
    assert emulator._correlation(many[:, :1]) == pytest.approx(np.eye(1))


def test_what_the_model_does_not_bring_about_is_doubted_and_drags_nothing():
    names, powers = ("a", "b", "c"), ((0,), (1,))
    mean = np.array([[0.0, 0, 5], [1, 1, 0.1]])  # c is about 5, whatever the input
    spread = np.array([[-8.0] * 3, [0] * 3, [0] * 3])
    one = emulator.Emulator(names, powers, mean, spread, np.eye(3), (), 100)
    z = np.linspace(-3, 3, 6001)[:, None]
    observed = np.array([0.2, 0.2, 9.0])

    def best(of):
        return float(z[(of.log_likelihood(z, observed) - 0.5 * z[:, 0] ** 2).argmax(), 0])

    asked = prior.scores(np.array([0.6]))[0]
    found, misfits = one.forgiving(z, observed)
    assert misfits == ("c",)
    assert best(found) == pytest.approx(asked, abs=0.05) != best(one)
    assert one.forgiving(z, np.array([0.2, 0.2, 5.0]))[1] == ()


def test_a_record_without_a_summary_is_told(emulated):
    with pytest.raises(RunError, match="orders b"):
        emulated.observed({"orders a": 1.0})


SPREAD = np.array([0.5, 1.0, 20.0])
"""Noise of three summaries, each of one input: the third says next to nothing."""


def linear(z, rng):
    """Linear in the scores themselves, so that the posterior is normal."""
    return z + SPREAD * rng.standard_normal(z.shape)


class Linear:
    """A stand-in for an emulator that knows its likelihood exactly, but for how wide it is."""

    def __init__(self, believed):
        self.believed = believed

    def forgiving(self, scores, observed):
        return self, ()

    def log_likelihood(self, scores, observed):
        return -0.5 * (((observed - scores) / self.believed) ** 2).sum(axis=1)


@pytest.fixture(scope="module")
def three(short):
    return prior.find(short.scenario, [*TWO, "residents.patience.time"])


def test_the_posterior_of_a_linear_model_is_the_known_one(three):
    observed = np.array([1.0, -0.5, 3.0])
    found = posterior.sample(Linear(SPREAD), three, observed, seed=1, draws=6000)
    weight = 1 / (1 + SPREAD**2)
    assert found.scores.mean(axis=0) == pytest.approx(weight * observed, abs=0.08)
    assert found.scores.var(axis=0) == pytest.approx(1 - weight, rel=0.12)
    assert found.contraction == pytest.approx(weight, abs=0.12)


class Narrow:
    """Six inputs that records tell of very unequally."""

    spread = np.array([0.01, 0.05, 0.2, 0.5, 1.0, 5.0])

    def forgiving(self, scores, observed):
        return self, ()

    def log_likelihood(self, scores, observed):
        return -0.5 * (((observed - scores) / self.spread) ** 2).sum(axis=1)


def test_draws_are_as_wide_as_the_posterior_in_six_dimensions():
    """A third of the variance is missing with a sampler whose acceptance ratio is wrong."""
    weight = 1 / (1 + Narrow.spread**2)
    drawn, _, _ = posterior.draw(Narrow(), 6, np.ones(6), seed=3, draws=20_000)
    assert drawn.var(axis=0) == pytest.approx(1 - weight, rel=0.06)
    assert drawn.mean(axis=0) == pytest.approx(weight, abs=0.05)


def ranked(three, believed, truths):
    """Check inference on some truths of the linear model."""
    rng = np.random.default_rng(4)
    truths = rng.standard_normal((truths, 3))
    found = [
        (posterior.sample(Linear(believed), three, observed, seed=i, draws=500), truth)
        for i, (truth, observed) in enumerate(zip(truths, linear(truths, rng), strict=True))
    ]
    return sbc.Check(
        TWO,
        np.array([sbc.rank(truth, one.scores, rng) for one, truth in found]),
        np.array([sbc.covers(truth, one.scores) for one, truth in found]),
        np.array([one.contraction for one, _ in found]),
    )


@pytest.mark.slow
def test_ranks_are_uniform_where_inference_is_right(three):
    check = ranked(three, SPREAD, 40)
    for i in range(3):
        assert sbc.p_uniform(check.ranks[:, i]) > 0.001
    assert stats.binom.ppf(0.0005, 40, 0.9) <= check.covered.sum(axis=0).min()


@pytest.mark.slow
def test_overconfidence_is_caught(three):
    check = ranked(three, SPREAD / 3, 30)  # 90% intervals hold 42%: so few show it already
    assert sbc.p_uniform(check.ranks[:, 0]) < 0.001
    assert check.covered[:, 0].sum() < stats.binom.ppf(0.0005, 30, 0.9)


def test_uniform_ranks_are_called_so():
    rng = np.random.default_rng(2)
    p = [sbc.p_uniform(rng.integers(0, 100, 200), simulated=400) for _ in range(200)]
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_what_is_not_determined_promises_nothing():
    poor = inferring.Known("orders", "a", 200, 0.7, 0.5, 0.2, (20,) * 10, 6)
    assert poor.kept and not poor.determined
    assert not replace(poor, contraction=0.9).kept
    assert not replace(poor, contraction=0.9, coverage=0.9, p_uniform=0.001).kept
    assert replace(poor, contraction=0.9, coverage=0.9).kept
