"""The cheapest staffing that meets every SLA in every window with a confidence; what it costs to be surer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.pairs import paired
from simcap.experiment.batch import Batch, Progress
from simcap.experiment.kept import Kept
from simcap.experiment.run import finest, periods_down_to
from simcap.experiment.workers import Jobs
from simcap.planning.deadlines import last_dates
from simcap.planning.levers import Amounts, Kind, Lever, levers_of, patch_of, waiting
from simcap.planning.requirements import Response, needs_a_whole_window
from simcap.planning.scheduling import CUT, GROW
from simcap.planning.search import HARDEN, Search
from simcap.planning.trials import Trials, key_of
from simcap.planning.verdicts import LOST, MISSED, Verdict, better, counts, is_reached, verdicts
from simcap.scenario.grid import without_whole_window
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.scenario import Scenario

Flags = NDArray[np.bool_]

CURVE = (0.80, 0.90, 0.95)
CHECK, CHECK_BESIDE, CHECK_SURE = 40, 20, 500
"""Fresh replications for the confidence asked for, for the others reported, and for `SURE` and above."""
SURE = 0.99
WINDOW = ["queue", "vendor", "sla", "start"]
HOURS = "paid hours"
"""What plans cost where no contract has a price."""
ALL_KINDS: tuple[Kind, ...] = ("agents", "class", "overtime")


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked."""

    confidence: float
    today: dt.date
    """First day on which anything can be approved."""
    kinds: tuple[Kind, ...] = ALL_KINDS
    curve: tuple[float, ...] = CURVE
    """Other confidence levels whose cost is also reported."""
    replications: int = 8
    """Replications of the search."""
    sketches: int = 0
    """Sketches that the search goes by instead; 0 for none."""
    check: int | None = None
    """Of the final check, on draws that the search has not seen; None: as many as the confidence needs."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """A plan for one confidence, checked on draws that the search has not seen."""

    confidence: float
    amounts: Amounts
    reached: bool
    """Whether something is met, and everything that is not lost."""
    cost: float
    """Of the plan, a mean."""
    added: float
    """Cost over that of the scenario as it is, with its 95% interval."""
    added_low: float
    added_high: float
    met: pd.DataFrame
    """queue, vendor, sla, start, met (share of fresh replications), met_low, met_high (95%), base (met without the
    plan), lost (whether its verdict is lost), verdict (`verdicts` says what each means)."""
    checked: int
    """Fresh replications; 0 if the search was stopped before the check, and all figures are the search's own."""
    missed_any: float
    """Share of fresh replications in which anything that is not lost is missed."""
    replications: int
    """Replications behind these figures: the fresh ones or, if the search was stopped, its own."""

    def __repr__(self) -> str:
        windows = ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items() if count)
        reached = "reached" if self.reached else "not reached"
        seen = "fresh replications" if self.checked else "replications of the search"
        return (
            f"Answer({self.confidence:.0%} {reached}: changes: {len(self.amounts)}, added cost: {self.added:+,.0f}; "
            f"windows: {windows or 'none'}; {self.replications} {seen})"
        )

    @property
    def below(self) -> pd.DataFrame:
        """Return the windows that are missed but not lost."""
        return self.of(MISSED)

    def of(self, verdict: Verdict) -> pd.DataFrame:
        """Return the windows with a verdict."""
        return self.met[self.met["verdict"] == verdict]

    @property
    def counts(self) -> dict[Verdict, int]:
        """Return how many windows have each verdict."""
        return counts(self.met)


@dataclasses.dataclass(frozen=True)
class Staffing:
    """What was found."""

    scenario: Scenario
    question: Question
    answers: tuple[Answer, ...]
    """By rising confidence."""
    last: pd.DataFrame
    """queue, vendor, sla, start, approve_by (last day on which classes that save it can be approved; empty: none)."""
    parts: pd.DataFrame
    """queue, vendor, sla, start of the windows of which the horizon holds only a part: they are not asked."""
    unit: str
    """Of cost: a currency, or "paid hours"."""
    notes: tuple[str, ...]
    interrupted: bool

    def __repr__(self) -> str:
        stopped = ", stopped" if self.interrupted else ""
        verdict = "no plan" if self.main is None else f"{self.main!r}, in {self.unit}"
        return f"Staffing({self.scenario.name!r}, {self.question.replications} replications{stopped}: {verdict})"

    @property
    def main(self) -> Answer | None:
        """Return the answer for the confidence asked for."""
        return next((one for one in self.answers if one.confidence == self.question.confidence), None)

    def patch(self) -> dict[str, object]:
        """Return what the plan changes in the scenario."""
        return patch_of(self.scenario, self.main.amounts) if self.main is not None else {}


def staff(
    file: ScenarioFile,
    question: Question,
    seed: int,
    jobs: Jobs = None,
    progress: Progress = lambda _done, _all: None,
    kept: Kept | None = None,
) -> Staffing:
    """Search for the cheapest staffing. Ctrl-C ends the search with what has been found so far.

    Raises `RunError` if the horizon holds no window to judge any SLA by.
    """
    needs_a_whole_window(file.scenario)
    periods = periods_down_to(finest(file, "week"))
    levers = levers_of(file.scenario, question.today, question.kinds)
    searched = question.sketches or question.replications
    batch = Batch(seed, range(searched), periods, jobs, kept, sketched=("sla", "money") if question.sketches else ())
    trials = Trials(file, batch, progress, _about(question, levers))
    search = Search(trials, levers)
    answers: list[Answer] = []
    last = pd.DataFrame(columns=["queue", "vendor", "sla", "start", "approve_by"])
    interrupted = False
    try:
        # From the highest down: a plan for a higher confidence can be cut down to a lower one.
        asked = sorted({*question.curve, question.confidence}, reverse=True)
        plans = {confidence: search.plan(confidence) for confidence in asked}
        last = _last(search, question.confidence)
        # The confidence asked for comes first: its check is the largest, and others share its draws.
        for confidence in sorted(asked, key=lambda one: (one != question.confidence, one)):
            count = question.check or _enough(question, confidence)
            answers.append(_checked(search, confidence, plans[confidence], count))
    except KeyboardInterrupt:
        interrupted = True
        answers += _so_far(search, question, answers)
    answers.sort(key=lambda one: one.confidence)
    unit, notes = _unit(file.scenario), tuple(_notes(file.scenario, levers))
    found = Staffing(file.scenario, question, tuple(answers), last, trials.parts, unit, notes, interrupted)
    return found if found.main is None else dataclasses.replace(found, last=_not_met(last, found.main))


def _not_met(last: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """Return the windows to save, without those that the scenario as it is meets in the check."""
    met = answer.met[answer.met["base"] >= answer.confidence]
    keys = {tuple(row) for row in met[WINDOW].astype(str).to_numpy().tolist()}
    kept = [tuple(row) not in keys for row in last[WINDOW].astype(str).to_numpy().tolist()]
    return last[np.array(kept, bool)].reset_index(drop=True)


def _about(question: Question, levers: Sequence[Lever]) -> int:
    """Return roughly how many replications a search takes."""
    asked = {*question.curve, question.confidence}
    groups = len({lever.group for lever in levers})
    classes = any(lever.kind == "class" for lever in levers)
    plans = groups + 2 + GROW.steps + CUT.steps * len(asked) if classes else 4 + 6 * groups * len(asked)
    checks = [question.check or _enough(question, confidence) for confidence in asked]
    return plans * (question.sketches or question.replications) + HARDEN * len(asked) + sum(checks) + max(checks)


def _enough(question: Question, confidence: float) -> int:
    """Return the fresh replications on which a confidence is checked."""
    if confidence >= SURE:
        return CHECK_SURE
    return CHECK if confidence == question.confidence else CHECK_BESIDE


def _checked(search: Search, confidence: float, amounts: Amounts, count: int) -> Answer:
    """Return a plan with its results on draws that the search has not seen; an empty plan if it saves nothing."""
    trials = search.trials
    first = len(trials.batch.replications) + HARDEN
    base, planned = trials.again(range(first, first + count), {}, amounts)
    answer = _answer(search, confidence, amounts, (base, planned))
    if amounts and not _is_worth(trials, answer, (base, planned)):
        return _answer(search, confidence, {}, (base, base))
    return answer


def _is_worth(trials: Trials, answer: Answer, responses: tuple[Response, Response]) -> bool:
    """Say whether a plan saves something: a window, or money while doing what was asked."""
    cheaper = answer.reached and answer.added_high < 0
    lost = answer.met["lost"].to_numpy(bool)
    return cheaper or bool(better(*responses, trials.targets, answer.confidence, lost).any())


def _answer(search: Search, confidence: float, amounts: Amounts, responses: tuple[Response, Response]) -> Answer:
    base, planned = responses
    trials = search.trials
    share, low, high = planned.met(trials.targets)
    as_it_is = base.met(trials.targets)[0]
    lost = trials.lost(confidence) | (trials.untouched() & (as_it_is < confidence))
    held = trials.of(amounts)[0].margin(confidence, trials.targets) >= 0
    verdict = verdicts(share, high, confidence, held=held, lost=lost)
    rows = [(one.queue, one.vendor, one.sla, one.start) for one in trials.required]
    met = pd.DataFrame(rows, columns=["queue", "vendor", "sla", "start"]).assign(
        met=share, met_low=low, met_high=high, base=as_it_is, lost=np.array(verdict) == LOST, verdict=verdict
    )
    asked = ~np.isnan(planned.attainment) & ~met["lost"].to_numpy(bool)
    missed = (asked & (planned.attainment < trials.targets)).any(axis=1)
    gap = paired(base.cost, planned.cost)
    return Answer(
        confidence, dict(amounts), is_reached(met), float(planned.cost.mean()), float(gap.mean), float(gap.ci_low),
        float(gap.ci_high), met, len(planned.cost), float(missed.mean()), len(planned.cost),
    )  # fmt: skip


def _so_far(search: Search, question: Question, answers: Sequence[Answer]) -> list[Answer]:
    """Return the best plan tried for what was asked, as the search saw it; nothing if none was tried."""
    if not search.ready or any(one.confidence == question.confidence for one in answers):
        return []
    trials = search.trials
    amounts = trials.best(question.confidence, trials.lost(question.confidence))
    answer = _answer(search, question.confidence, amounts, (trials.base, trials.known[key_of(amounts)]))
    return [dataclasses.replace(answer, checked=0)]


def _last(search: Search, confidence: float) -> pd.DataFrame:
    columns = ["queue", "vendor", "sla", "start", "approve_by"]
    if search.sizes:
        return pd.DataFrame(columns=columns)
    lost = search.trials.lost(confidence)
    missed = search.trials.base.margin(confidence, search.trials.targets) < 0
    found = last_dates(search.trials, search.model(confidence), confidence, lost) if missed.any() else []
    rows = [
        (one.queue, one.vendor, one.sla, one.start, "" if day is None else day.isoformat())
        for one, day in ((search.trials.required[row], day) for row, day in found)
    ]
    return pd.DataFrame(rows, columns=columns)


def _notes(scenario: Scenario, levers: Sequence[Lever]) -> Iterator[str]:
    """Yield what has to be known about a plan: what it assumes, and what it and its cost leave out."""
    for sla in without_whole_window(scenario):
        yield f"{sla}: not planned for, as no whole window of it lies within the horizon"
    for vendor in dict.fromkeys(lever.vendor for lever in levers if lever.kind == "agents"):
        if waiting(scenario.vendors[vendor]) == 0:
            yield (
                f"{vendor}: it is not given how long hiring takes, so its teams may have any size from the start; "
                "give hiring.backfill (lead_time, training) to plan classes instead"
            )
        else:
            yield f"{vendor}: what is approved today is on the floor before the start, so teams may have any size"
    planned = dict.fromkeys(lever.vendor for lever in levers if lever.kind == "class")
    for vendor in planned:
        if scenario.vendors[vendor].hiring.backfill is None:
            yield (
                f"{vendor}: it is not given how long recruiting a class takes, so it is approved on the day "
                "it starts; give hiring.backfill (lead_time) to include that"
            )
    if planned:
        end = scenario.horizon.start + dt.timedelta(days=scenario.horizon.day_count)
        yield f"Cost of classes after the horizon (from {end.day} {end:%B}) is not counted"
    for vendor in dict.fromkeys(lever.vendor for lever in levers) if _unit(scenario) != HOURS else ():
        contract = scenario.vendors[vendor].contract
        if contract is None or contract.price is None:
            yield f"{vendor}: its contract has no price, so what its agents cost is not counted"
    fixed = [team for owner in scenario.vendors.values() for team, own in owner.teams.items() if own.agents is None]
    if fixed:
        yield f"{', '.join(fixed)}: its people come from a file and stay as they are"


def _unit(scenario: Scenario) -> str:
    contracts = [owner.contract for owner in scenario.vendors.values() if owner.contract is not None]
    priced = [contract for contract in contracts if contract.price is not None]
    return priced[0].currency if priced else HOURS
