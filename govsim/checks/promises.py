"""Whether the service can keep its first promise at all, however many people it has.

Called by `govsim.checks.offered_load` before a run. What lies between a report and an arrival
when a crew is free at once (taking it in, handing it over, turn-out, way, access) is drawn for
the reports of each channel; the share of them within the limit is the most that any staffing
keeps of that channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from govsim.checks import taking_in
from govsim.demand.randomness import Streams, quantile
from govsim.language import tr
from govsim.scenarios.findings import Finding, warning
from govsim.scenarios.quantities import Distribution
from govsim.scenarios.units import MINUTE
from govsim.service.network import Network

Floats = NDArray[np.float64]

DRAWN = 20_000
"""Reports that are drawn for a channel; a share of them is right to a third of a percent or so."""

HALF = 0.5


def desks_leave_time(network: Network, reported: Floats) -> Iterator[Finding]:
    """Channels whose intake alone breaks the first promise for more than half of the reports.

    Parameters
    ----------
    network : the service.
    reported : float64[grids, categories], reports a day.
    """
    s = network.scenario
    limit, working = network.span(s.promises.scene)
    if not s.promises.made or working:
        return
    draws = _Draws(network)
    taken = {covered: taking_in.shares(network, covered) for covered in (True, False)}
    for c, (name, channel) in enumerate(s.channels.items()):
        flow = np.where(
            network.has_station, reported @ taken[True][:, c], reported @ taken[False][:, c]
        )
        if channel.via == "desk":
            flow = np.where(np.isin(network.covering, list(network.desk_of)), flow, 0.0)
        if channel.via == "centre" or not flow.sum():
            continue
        intake = draws.times("intake", channel.handling)
        if channel.dispatch == "at once":
            intake = np.minimum(intake, draws.times("handing over", channel.handing_over))
        rest = draws.after_intake(flow)
        kept = float((intake + rest <= limit).mean())
        if kept < HALF <= float((rest <= limit).mean()):
            how = "handling" if channel.dispatch == "after intake" else "handing_over"
            text = tr(
                "at most {share} of the reports taken in here can be reached within {limit:g} min, "
                "however many people there are: it takes {median:g} min by its median until a crew "
                "is asked for",
                share=f"{kept:.0%}",
                limit=limit / MINUTE,
                median=round(float(np.median(intake)) / MINUTE, 1),
            )
            yield warning(("channels", name, how), text)


class _Draws:
    """Reports drawn by the same luck for every channel."""

    def __init__(self, network: Network) -> None:
        self.network, self.streams = network, Streams(0, 0)
        self.ids = np.arange(DRAWN, dtype=np.uint64)

    def times(self, stream: str, how: Distribution) -> Floats:
        """Draw lengths, ms."""
        return quantile(how, self.streams.uniform(stream, self.ids))

    def after_intake(self, flow: Floats) -> Floats:
        """Draw what follows, ms, with a free crew of the fastest team there is.

        Parameters
        ----------
        flow : float64[grids], reports a day of the channel.
        """
        if not self.network.scenario.travel.enabled:
            return self._anywhere
        grids, points = self.network.territory.grids, self.network.territory.points
        reached = np.cumsum(flow) / flow.sum()
        grid = np.minimum(np.searchsorted(reached, self._where), len(flow) - 1)
        side = grids["side_m"].to_numpy(np.float64)[grid]
        dx, dy = (
            grids[axis].to_numpy(np.float64)[grid]
            + (u - 0.5) * side
            - points[axis].to_numpy(np.float64)[self.network.covering[grid]]
            for axis, u in zip("xy", self._within, strict=True)
        )
        rectilinear = self.network.scenario.travel.metric == "rectilinear"
        far = np.abs(dx) + np.abs(dy) if rectilinear else np.hypot(dx, dy)
        found: Floats = self._anywhere + far * self._a_metre
        return found

    @cached_property
    def _where(self) -> Floats:
        """Places in the grids as they follow each other, 0 to 1."""
        return self.streams.uniform("grid", self.ids)

    @cached_property
    def _within(self) -> tuple[Floats, Floats]:
        return self.streams.pair("place", self.ids)

    @cached_property
    def _anywhere(self) -> Floats:
        """What takes the same time wherever it is, ms."""
        s = self.network.scenario
        found = self.times("dispatch delay", s.policies.dispatch_delay)
        if s.travel.enabled:
            found = found + self.times("turn-out", s.travel.turn_out)
            found += self.times("access", s.travel.access)
        return found

    @cached_property
    def _a_metre(self) -> Floats | float:
        """How long a metre of the way takes as the crow flies, ms."""
        s = self.network.scenario
        pace = max(s.travel.speeds.get(team.mode, 1.0) for team in s.teams.values())
        usual = s.travel.detour / pace * 1000
        if s.travel.variation <= 0:
            return usual
        own = {"lognormal": {"median": "1 ms", "sigma": s.travel.variation}}
        return usual * self.times("way", Distribution.model_validate(own))
