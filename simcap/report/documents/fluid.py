"""A fluid estimate as a document of plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from simcap.analysis.fits import Assessment, LineFit, SlaFit
from simcap.analysis.gaps import Gap
from simcap.report.wording.first_look import CAUTION
from simcap.report.wording.fluid import CAVEAT, joint_reasons, line_name, minimums, reasons
from simcap.scenario.clock import Clock
from simcap.scenario.reading.provenance import Assumption
from simcap.scenario.schema.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simcap.experiment.first_look import FirstLook


def fluid_document(
    scenario: Scenario, fit: Assessment, assumed: Iterable[Assumption] = (), look: FirstLook | None = None
) -> dict[str, Any]:
    """Return the whole estimate: weeks, lines of work with load and hours, SLAs, hours with nobody, reasons.

    Then what sketches expect, if there was a first look, and what the scenario rests on.
    """
    starts = [start.date().isoformat() for start in fit.starts]
    return {
        "scenario": scenario.name,
        "timezone": scenario.horizon.timezone,
        "fits": fit.fits,
        "weeks": [
            {"start": start, "load_h": _figure(load), "capacity_h": _figure(supply)}
            for start, load, supply in zip(starts, fit.load, fit.supply, strict=True)
        ],
        "lines": [_line(scenario, fit, line, starts) for line in fit.lines],
        "together": [
            {
                "lines": [line_name(fit.lines[line]) for line in joint.lines],
                "period": joint.period,
                "start": joint.start.date().isoformat(),
                "best_attainment": _figure(1 - joint.late),
                "asked_attainment": _figure(1 - joint.allowed),
                "reason": reason,
            }
            for joint, reason in zip(fit.together, joint_reasons(scenario, fit), strict=True)
        ],
        "minimums": minimums(scenario, fit.productive),
        "notes": list(fit.notes),
        "caveat": CAVEAT,
        "sketched": _looked(look) if look else None,
        "assumptions": [one._asdict() for one in assumed],
    }


def fluid_tables(document: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the figures of a document as tables: weeks, lines by week, slas by window, gaps, and what was sketched."""
    import pandas as pd

    lines = [({"queue": line["queue"], "vendor": line["vendor"]}, line) for line in document["lines"]]
    rows: dict[str, list[dict[str, Any]]] = {
        "weeks": document["weeks"],
        "lines": [{**subject, **week} for subject, line in lines for week in line["weeks"]],
        "slas": [
            {**subject, **{name: sla[name] for name in ("sla", "target", "per")}, **window}
            for subject, line in lines
            for sla in line["slas"]
            for window in sla["windows"]
        ],
        "gaps": [{**subject, **gap} for subject, line in lines for gap in line["hours_without_anybody"]],
    }
    if document["sketched"]:
        rows["sketched"] = document["sketched"]["slas"]
    return {name: pd.DataFrame(table) for name, table in rows.items()}


def _looked(look: FirstLook) -> dict[str, Any]:
    return {
        "sketches": look.sketches,
        "slas": [
            {
                "queue": one.queue,
                "vendor": one.vendor,
                "sla": one.sla,
                "target": one.target,
                "per": one.per,
                "attainment": _figure(one.attainment),
                "worst": one.worst.isoformat()[: 16 if one.per == "hour" else 10],
                "at_worst": _figure(one.at_worst),
                "missed": _figure(one.missed),
            }
            for one in look.slas
        ],
        "not_sketched": [{"queue": queue, "sla": sla} for queue, sla in look.blind],
        "caution": CAUTION,
    }


def _line(scenario: Scenario, fit: Assessment, line: LineFit, starts: list[str]) -> dict[str, Any]:
    clock = Clock.of(scenario.horizon)
    return {
        "queue": line.queue,
        "vendor": line.vendor,
        "fits": line.fits,
        "reasons": reasons(scenario, fit, line),
        "weeks": [
            {
                "start": start,
                "load_h": _figure(line.load[week]),
                "reach_h": _figure(line.reach[week]),
                "past_due_h": _figure(line.overdue[week]),
                "fits": not line.short[week],
                "capped": bool(line.capped[week]),
                "outage": bool(line.stopped[week]),
            }
            for week, start in enumerate(starts)
        ],
        "slas": [_sla(sla) for sla in line.slas],
        "hours_without_anybody": [_gap(clock, gap) for gap in line.gaps],
    }


def _sla(fit: SlaFit) -> dict[str, Any]:
    return {
        "sla": fit.name,
        "target": fit.sla.target,
        "per": fit.sla.per,
        "windows": [
            {"start": start.date().isoformat(), "best_attainment": _figure(best), "missed": bool(missed)}
            for start, best, missed in zip(fit.starts, fit.best, fit.missed, strict=True)
        ],
        "worst_without": _figures(fit.without.items()),
    }


def _gap(clock: Clock, gap: Gap) -> dict[str, Any]:
    return {
        "from": clock.local(gap.begin).isoformat(),
        "to": clock.local(gap.end).isoformat(),
        "hours": _figure((gap.end - gap.begin) / 3600),
        "cause": gap.cause,
        "work_created_h": _figure(gap.created),
        "work_late_h": _figure(0.0 if gap.leaves else gap.late),
        "work_lost_h": _figure(gap.late if gap.leaves else 0.0),
    }


def _figures(items: Iterable[tuple[str, float]]) -> dict[str, float | None]:
    return {name: _figure(value) for name, value in items}


def _figure(value: float) -> float | None:
    """Return a figure with its significant digits; None if there is none."""
    return round(float(value), 6) if np.isfinite(value) else None
