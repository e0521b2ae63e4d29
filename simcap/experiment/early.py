"""First figures while a run is under way: from sketches at once, then from the replications that are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from simcap.analysis.early import EarlyLook, early_look
from simcap.analysis.figures import Arrays, Layout, stacked, targets_of
from simcap.experiment.effort import of_sketch
from simcap.experiment.replicate import Outcome
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.relations import teams_of

Look = Callable[[EarlyLook], None]
"""Called with what is known so far."""

SKETCHES: Final = 8
FIRST: Final = 2
"""Sketches after which something is told, and again after twice as many, up to `SKETCHES`."""
HOURS: Final = 5.5
"""About as many hours as an agent is on the floor on a day, days off and absence included."""
LONGEST: Final = 2.0
"""Seconds that all of them may take together."""
ENOUGH: Final = 4
"""Replications that take the place of the sketches."""
_TABLE: Final = ("sla", "horizon")


class EarlyLooks:
    """Tells what is known each time that it has become more precise."""

    def __init__(self, file: ScenarioFile, seed: int, tell: Look) -> None:
        self.file, self.seed, self.tell = file, seed, tell
        self._done: dict[int, Arrays] = {}
        self._sketched = False

    def sketch(self) -> None:
        """Sketch a few replications in this process, and tell what they say, unless more is known already.

        Raises `DataError` for unreadable data.
        """
        if self._sketched or len(self._done) >= ENOUGH:
            return
        self._sketched = True
        from simcap.experiment.sketched import sketch_each

        done: list[Arrays] = []
        for number in range(self._count()):
            ((outcome, layout),) = sketch_each([self.file], self.seed, number, ("horizon",), ("sla",))
            done.append(_part(outcome))
            if len(done) in _doublings():
                self._tell(layout, done, sketched=True)

    def _count(self) -> int:
        """Return how many sketches there is time for; a scenario may be too large for any."""
        teams, days = teams_of(self.file.scenario), self.file.scenario.horizon.day_count
        agents = sum(team.agents or 0 for _, team in teams.values())
        each = of_sketch(days, agents * days * HOURS, len(teams))
        return SKETCHES if SKETCHES * each < LONGEST else FIRST if FIRST * each < LONGEST else 0

    def note(self, outcome: Outcome) -> None:
        """Note a replication that was done before."""
        self._done[outcome.replication] = _part(outcome)

    def add(self, outcome: Outcome, layout: Layout) -> None:
        """Note a replication that is done, and tell what is known with it."""
        self.note(outcome)
        if len(self._done) >= ENOUGH:
            self._tell(layout, list(self._done.values()), sketched=False)

    def _tell(self, layout: Layout, done: list[Arrays], *, sketched: bool) -> None:
        targets = targets_of(self.file.scenario, layout)
        self.tell(early_look(stacked(layout, done), targets, sketched=sketched))


def _doublings() -> Iterator[int]:
    count = FIRST
    while count <= SKETCHES:
        yield count
        count *= 2


def _part(outcome: Outcome) -> Arrays:
    return {_TABLE: outcome.figures[_TABLE]}
