"""Which of many risks are told first, and what is said if there is none."""

from __future__ import annotations

from simcap.analysis.summary import chance_interval
from simcap.experiment.results import Results
from simcap.report.wording.sentences import AT_RISK, LIKELY, RiskText
from simcap.report.wording.words import chance, is_ruled_out, plural
from simcap.scenario.grid import without_whole_window

MOST_RISKS, MOST_LIKELY = 5, 8
"""Most risks shown; this many of service likely to be lost, whatever other kinds there are."""
SERVICE = ("sla_miss", "work_lost")
"""Risks that customers feel."""


def nothing_found(results: Results) -> str:
    """Say that there is no risk, as far as the replications show."""
    count = results.replications
    if is_ruled_out(0.0, count, AT_RISK):
        finding = "risk was found"
    else:
        most = chance(chance_interval(0.0, count)[1])
        seen_in = plural(count, "replication")
        finding = f"risk was seen in {seen_in}; what they do not show may still happen, with a chance of up to {most}"
    if without_whole_window(results.scenario):
        return f"Apart from partial windows, no {finding}."
    return f"No SLA, lost-work, headcount or occupancy {finding}."


def worst_risks(risks: list[RiskText]) -> list[RiskText]:
    """Return the worst risks: service likely to be lost, and the worst of each other likely kind.

    Busy or thin teams must not displace an SLA that is likely to be missed, which they would only lead to.
    """
    firsts = [next(risk for risk in risks if risk.kind == kind) for kind in dict.fromkeys(risk.kind for risk in risks)]
    kept = [risk for risk in firsts if risk is risks[0] or risk.probability >= LIKELY]
    service = [risk for risk in risks if risk.kind in SERVICE and risk.probability >= LIKELY]
    kept += [risk for risk in service if risk not in kept][: MOST_LIKELY - sum(risk in service for risk in kept)]
    others = [risk for risk in risks if risk not in kept]
    chosen = kept + others[: max(MOST_RISKS - len(kept), 0)]
    return [risk for risk in risks if risk in chosen]
