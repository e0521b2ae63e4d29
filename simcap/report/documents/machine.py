"""What commands found, for machines: the tables of the folder of results, and what the terminal says beside them."""

from __future__ import annotations

import dataclasses
from typing import Any

from simcap.calibration.backtest.backtest import Backtested
from simcap.calibration.calibrate import Calibration
from simcap.calibration.look.looking import Looked
from simcap.experiment.compare import Comparison
from simcap.planning.sensitivity import Sensitivity
from simcap.planning.staffing import Staffing
from simcap.planning.stress import Stress
from simcap.report.documents.staffing_tables import staffing_tables


def of_comparison(found: Comparison) -> dict[str, Any]:
    """Return the variants with what they have otherwise, and the tables of differences."""
    names = [result.scenario.name for result in found.results]
    return {
        "name": names[0],
        "replications": found.base.replications,
        "variants": [
            {"name": name, "differences": words, "notes": notes}
            for name, words, notes in zip(names[1:], found.words, found.notes, strict=True)
        ],
        "precision": found.precision,
        "width": found.width,
        **found.tables,
    }


def of_stress(found: Stress) -> dict[str, Any]:
    """Return the table of shocks, single points of failure, and shocks that this scenario cannot have."""
    return {
        "name": found.scenario.name,
        "replications": found.replications,
        "shocks": [shock.name for shock in found.shocks],
        "stress": found.table,
        "failures": found.failures,
        "left_out": found.left_out,
    }


def of_staffing(found: Staffing) -> dict[str, Any]:
    """Return the plans by confidence with what they cost and meet, and the plan asked for as a patch."""
    question = {field.name: getattr(found.question, field.name) for field in dataclasses.fields(found.question)}
    return {
        "name": found.scenario.name,
        "question": question,
        "unit": found.unit,
        "interrupted": found.interrupted,
        "patch": found.patch(),
        **staffing_tables(found),
        "notes": found.notes,
    }


def of_sensitivity(found: Sensitivity) -> dict[str, Any]:
    """Return the tornado, the break-evens, Sobol's indices, and drivers that cannot be moved."""
    return {
        "name": found.scenario.name,
        "replications": found.replications,
        "tornado": found.tornado,
        "break_even": found.breaks,
        "sobol": found.sobol,
        "left_out": found.left_out,
    }


def of_looks(looked: Looked) -> dict[str, Any]:
    """Return what files seem to be: kind, rows and roles of each, and what is left to say."""
    tables = [
        {
            "file": str(look.table.path),
            "sheet": look.table.sheet,
            "kind": look.kind,
            "rows": look.rows,
            "roles": look.roles,
        }
        for look in looked.looks
    ]
    return {"tables": tables, "left_to_say": list(looked.proposal.open), "calibration": looked.proposal.text}


def of_calibration(found: Calibration) -> dict[str, Any]:
    """Return the fits, what was read and dropped of each file, what is odd, and what could not be fitted."""
    return {
        "title": found.plan.title,
        "fits": found.table(),
        "quality": found.quality(),
        "not_fitted": [{"what": one.what, "why": one.why} for one in found.open],
        "noticed": [{"what": note.what, "rows": note.rows, "examples": note.examples} for note in found.odd],
    }


def of_backtest(found: Backtested) -> dict[str, Any]:
    """Return the scores, the totals and the windows of a back-test."""
    return {
        "title": found.plan.title,
        "modes": found.modes,
        "origins": found.origins,
        "inferred": found.inferred,
        "scores": found.scores,
        "totals": found.totals,
        "windows": found.windows,
    }
