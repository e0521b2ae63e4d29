"""The verdict on a plan in two sentences: does service hold, and what does it cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from simcap.analysis.summary import chance_interval
from simcap.experiment.results import Results
from simcap.report.review.money import Money
from simcap.report.wording.sentences import AT_RISK
from simcap.report.wording.sla_rows import WORST_FIRST, Outlook, SlaRow
from simcap.report.wording.words import amount, chance, is_ruled_out, listed, plural, sla_name
from simcap.report.wording.worst import nothing_found

Standing = Literal["does not hold", "at risk", "holds", "not shown", "nothing to judge"]

HEADINGS: dict[Standing, str] = {
    "does not hold": "Service does not hold",
    "at risk": "Service is at risk",
    "holds": "Service holds",
    "not shown": "No miss seen, but not ruled out",
    "nothing to judge": "No SLA to judge",
}
MOST_NAMED = 2


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Whether a plan can be signed as far as service goes, and two sentences that say why and what it costs."""

    standing: Standing
    sentences: tuple[str, str]

    @property
    def heading(self) -> str:
        """Return the standing in a few words."""
        return HEADINGS[self.standing]


def verdict_of(results: Results, rows: Sequence[SlaRow], money: Money | None) -> Verdict:
    """Return the verdict on a run."""
    standing, service = _service(results, rows)
    return Verdict(standing, (service, _cost(money)))


def _service(results: Results, rows: Sequence[SlaRow]) -> tuple[Standing, str]:
    """Return how service stands and a sentence; an SLA stands as its worst row: the queue's, or a vendor's part."""
    worst: dict[tuple[str, str], SlaRow] = {}
    for row in rows:
        key = row.queue, row.sla
        worst[key] = min((worst.get(key, row), row), key=_badness)
    ordered = sorted(worst.values(), key=_badness)
    likely, at_risk, unknown = ([row for row in ordered if row.outlook == one] for one in WORST_FIRST[:3])
    if len(unknown) == len(ordered):
        return "nothing to judge", nothing_found(results) if rows else "No queue has an SLA."
    if likely:
        more = f"; {len(at_risk)} more {_are(at_risk)} at risk" if at_risk else ""
        of = f"{len(likely)} of {plural(len(ordered), 'SLA')} {_are(likely)}"
        return "does not hold", f"{of} likely to be missed at least once: {_named(likely)}{more}."
    if at_risk:
        of = f"{len(at_risk)} of {len(ordered)} {_are(at_risk)}"
        return "at risk", f"No SLA is likely to be missed, but {of} at risk: {_named(at_risk)}."
    judged = [row for row in ordered if row.outlook == "safe"]
    return _without_risk(results.replications, judged)


def _without_risk(count: int, rows: Sequence[SlaRow]) -> tuple[Standing, str]:
    """Say that no SLA is at risk: that service holds, only if the replications suffice to rule a risk out."""
    if is_ruled_out(max(float(row.figures["miss_any"]) for row in rows), count, AT_RISK):
        every = "The SLA is" if len(rows) == 1 else f"All {len(rows)} SLAs are"
        return "holds", f"{every} met in every window, with a chance of a miss below {AT_RISK:.0%} each."
    seen, most = plural(count, "replication"), chance(chance_interval(0.0, count)[1])
    doubt = f"what they do not show may still happen, with a chance of up to {most}"
    return "not shown", f"No SLA is at risk in {seen}; {doubt}."


def _are(rows: Sequence[SlaRow]) -> str:
    return "is" if len(rows) == 1 else "are"


def _badness(row: SlaRow) -> tuple[int, float, float]:
    """Return a key that puts the worst SLA first: by outlook, by the chance of any miss, by attainment to spare."""
    spare = (row.figures["attainment"] or 1.0) - row.figures["target"]
    return WORST_FIRST.index(row.outlook), -(row.figures["miss_any"] or 0.0), spare


def _named(rows: Sequence[SlaRow]) -> str:
    """Name the worst SLAs with their chance of a miss."""
    shown = [f"{sla_name(row.queue, row.vendor, row.sla)} ({row.any_miss})" for row in rows[:MOST_NAMED]]
    left = len(rows) - len(shown)
    return listed([*shown, f"{left} more"]) if left else listed(shown)


def _cost(money: Money | None) -> str:
    if money is None:
        return "No contract has a price, so its cost is not known."
    total = money.total
    credits_ = f", after {amount(total.credits)} of credits that vendors owe" if total.credits > 0 else ""
    return (
        f"It costs {amount(total.net)} {money.currency} net over the horizon (90% band {amount(total.low)} to "
        f"{amount(total.high)}){credits_}."
    )


def outlook_of(rows: Sequence[SlaRow]) -> Outlook:
    """Return the worst outlook of some rows; unknown without any."""
    return min((row.outlook for row in rows), key=WORST_FIRST.index, default="unknown")
