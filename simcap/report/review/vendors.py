"""Scorecards of vendors: what each promised, what is expected of it, what it owes or is owed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from simcap.experiment.results import Results
from simcap.report.review.money import Step, steps_of
from simcap.report.review.verdict import outlook_of
from simcap.report.wording.costs import CostRow, cost_rows
from simcap.report.wording.findings import vendor_title
from simcap.report.wording.sla_rows import Outlook, SlaRow
from simcap.report.wording.words import about, currency_of, long_date, plural, target_share
from simcap.scenario.effective import cut_day
from simcap.scenario.schema.contract import Contract
from simcap.scenario.schema.scenario import Scenario
from simcap.units import format_duration


@dataclasses.dataclass(frozen=True)
class Scorecard:
    """One vendor."""

    name: str
    title: str
    outlook: Outlook
    """Of the SLAs that it serves: its own parts of queues and the queues that it shares."""
    promised: tuple[str, ...]
    """What its contract and the scenario hold it to, a sentence each."""
    expected: tuple[str, ...]
    """What is expected of it, a sentence each."""
    own: tuple[SlaRow, ...]
    """The rows of its own parts of queues."""
    shared: tuple[SlaRow, ...]
    """The rows of whole queues that it serves with others, or alone."""
    cost: CostRow | None
    """Over the horizon; None without a price."""
    steps: tuple[Step, ...]
    """How its net cost comes about."""
    currency: str


def scorecards_of(results: Results, rows: Sequence[SlaRow]) -> list[Scorecard]:
    """Return a scorecard of each vendor, in the order of the scenario."""
    costs = {row.vendor: row for row in cost_rows(results) if not row.month}
    return [_scorecard(results, name, rows, costs.get(name)) for name in results.scenario.vendors]


def _scorecard(results: Results, name: str, rows: Sequence[SlaRow], cost: CostRow | None) -> Scorecard:
    scenario = results.scenario
    own = tuple(row for row in rows if row.vendor == name)
    allocated = {row.queue for row in rows if row.vendor}
    skills = {queue for team in scenario.vendors[name].teams.values() for queue in team.skills}
    shared = tuple(row for row in rows if not row.vendor and row.queue in skills - allocated)
    contract = scenario.vendors[name].contract
    return Scorecard(
        name=name,
        title=vendor_title(scenario, name),
        outlook=outlook_of((*own, *shared)),
        promised=(
            *(_terms(contract) if contract else ("No contract is stated.",)),
            *_own_targets(scenario, own),
            *_cuts(scenario, name),
        ),
        expected=tuple(_expected(results, name)),
        own=own,
        shared=shared,
        cost=cost,
        steps=tuple(steps_of(results, name)) if cost is not None else (),
        currency=currency_of(scenario) if cost is not None else "",
    )


def _terms(contract: Contract) -> Iterator[str]:
    """Yield what a contract says, a sentence each."""
    price = contract.price
    if price is not None and price.per_productive_hour is not None:
        yield f"{price.per_productive_hour:,.2f} {contract.currency} for an hour on the floor."
    elif price is not None and price.per_fte_month is not None:
        yield f"{price.per_fte_month:,.2f} {contract.currency} for a full-time agent a month."
    elif price is not None:
        yield f"A price per decision, in {contract.currency}, by queue."
    if contract.minimum is not None:
        yield f"At least {contract.minimum.hours_per_month:,.0f} hours a month are billed."
    credits_ = contract.service_credits
    if credits_ is not None:
        steps = ", ".join(
            f"{target_share(step.credit)} of the fee below {target_share(step.below)}" for step in credits_.steps
        )
        cap = f", at most {target_share(credits_.cap)}" if credits_.cap is not None else ""
        yield f"Credits for {', '.join(credits_.sla)} per {credits_.per}: {steps}{cap}."
    if contract.quality is not None:
        yield (
            f"{target_share(contract.quality.credit)} of the fee where fewer than "
            f"{target_share(contract.quality.target)} of decisions are right."
        )
    if contract.notice:
        yield f"Notice of {format_duration(contract.notice)} for a cut."
    if contract.ramp_limit is not None:
        yield f"At most {contract.ramp_limit.hires_per_month:,} hires a month."


def _own_targets(scenario: Scenario, rows: Sequence[SlaRow]) -> Iterator[str]:
    """Yield the targets of a vendor that are not those of the whole queue."""
    for row in rows:
        if row.is_own:
            whole = target_share(scenario.queues[row.queue].sla[row.sla].target)
            yield f"{row.target} for {row.queue} / {row.sla}; the target of the whole queue is {whole}."


def _cuts(scenario: Scenario, name: str) -> Iterator[str]:
    """Yield planned cuts with the day on which each takes effect, after notice."""
    for event in scenario.events.values():
        change = event.headcount
        if change is not None and change.change < 0 and change.team in scenario.vendors[name].teams:
            day = long_date(cut_day(scenario, change, name))
            yield f"{change.team}: {plural(-change.change, 'agent')} fewer from {day}, after notice."


def _expected(results: Results, name: str) -> Iterator[str]:
    """Yield what is expected of a vendor's people, a sentence each."""
    table = results.tables["vendors"]
    rows = table[(table["vendor"] == name) & (table["period"] == "horizon")].set_index("measure")
    weeks = results.figures.of("vendors", "week", (name,), "headcount").mean(axis=0)
    yield f"Headcount from {about(weeks[0])} after the first week to {about(weeks[-1])} after the last."
    mean = rows["mean"]
    yield f"{about(mean['completed'])} decisions in {about(mean['on_floor_hours'])} hours on the floor."
    busy = rows.loc["occupancy"]
    if busy["mean"] == busy["mean"]:
        yield f"Busy for {busy['mean']:.0%} of that time (90% band {busy['p05']:.0%} to {busy['p95']:.0%})."
