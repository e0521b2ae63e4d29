"""The review of a run: its verdict, and all that it rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from simcap.experiment.reading import read_json, read_run
from simcap.experiment.results import Results
from simcap.report.review.definitions import Definition, definitions_of
from simcap.report.review.groups import GroupReview, groups_in
from simcap.report.review.money import Money, money_of
from simcap.report.review.origin import Origin, origin_of
from simcap.report.review.queues import QueueReview, queues_of
from simcap.report.review.risks import RiskReview, risks_of
from simcap.report.review.validation import Validation, validation_of
from simcap.report.review.vendors import Scorecard, scorecards_of
from simcap.report.review.verdict import Verdict, verdict_of
from simcap.report.review.waiting import QueueWork, work_of
from simcap.report.review.workforce import TeamReview, teams_of
from simcap.report.wording.sla_rows import SlaRow, sla_rows
from simcap.report.wording.words import spoken_dates
from simcap.scenario.reading.assumptions import neutral
from simcap.scenario.reading.provenance import Assumption


@dataclasses.dataclass(frozen=True)
class Review:
    """What a leader reads of a run."""

    results: Results
    verdict: Verdict
    slas: tuple[SlaRow, ...]
    """As in the terminal's table: each queue's own row before those of its vendors."""
    risks: tuple[RiskReview, ...]
    """The worst first, all of them; `worst` says which are told first."""
    money: Money | None
    """None without a contract that has a price."""
    queues: tuple[QueueReview, ...]
    """Those with something to tell first, the worst before the others."""
    vendors: tuple[Scorecard, ...]
    groups: tuple[GroupReview, ...]
    """By key; empty if queues and teams belong to no group."""
    teams: tuple[TeamReview, ...]
    work: tuple[QueueWork, ...]
    """Of each queue that anybody works."""
    assumptions: tuple[Assumption, ...]
    neutral: tuple[str, ...]
    """What the scenario leaves open and is taken as neutral."""
    notes: tuple[str, ...]
    validation: Validation
    definitions: tuple[Definition, ...]
    origin: Origin

    @property
    def worst(self) -> tuple[RiskReview, ...]:
        """Return the three worst risks."""
        return tuple(risk for risk in self.risks if risk.is_told)[:3]

    @property
    def main_queue(self) -> QueueReview | None:
        """Return the queue that matters most: the one most likely to miss an SLA; None if no queue has one."""
        return next((queue for queue in self.queues if queue.curves), None)


def read_review(folder: Path) -> Review:
    """Return the review of a run from its folder. Raises `RunError` if the folder does not hold a whole run."""
    results = read_run(folder)
    return review_of(results, origin_of(read_json(folder / "manifest.json")))


def review_of(results: Results, origin: Origin) -> Review:
    """Return the review of a run."""
    rows = sla_rows(results)
    money = money_of(results)
    return Review(
        results=results,
        verdict=verdict_of(results, rows, money),
        slas=tuple(rows),
        risks=tuple(risks_of(results)),
        money=money,
        queues=tuple(queues_of(results, rows)),
        vendors=tuple(scorecards_of(results, rows)),
        groups=tuple(groups_in(results)),
        teams=tuple(teams_of(results)),
        work=tuple(work_of(results)),
        assumptions=tuple(assumptions_of(results)),
        neutral=tuple(neutral(results.scenario)),
        notes=tuple(map(spoken_dates, results.notes)),
        validation=validation_of(results),
        definitions=tuple(definitions_of(results, rows)),
        origin=origin,
    )


def assumptions_of(results: Results) -> Iterator[Assumption]:
    """Yield every value that a run rests on, if its results list them."""
    table = results.tables.get("assumptions")
    if table is not None:
        yield from map(Assumption._make, table.itertuples(index=False, name=None))
