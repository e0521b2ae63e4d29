"""Results of commands for machines: the tables of the results folder, and what the terminal adds to them."""

from __future__ import annotations

import dataclasses
from typing import Any

from simcap.calibration.backtest.backtest import Backtested
from simcap.calibration.calibrate import Calibration
from simcap.calibration.look.looking import Looked
from simcap.experiment.comparison import Comparison
from simcap.planning.sensitivity import Sensitivity
from simcap.planning.staffing import Staffing
from simcap.planning.stress import Stress
from simcap.report.documents.staffing_tables import staffing_tables


def of_comparison(comparison: Comparison) -> dict[str, Any]:
    """Return the variants with their differences, and the tables."""
    names = [result.scenario.name for result in comparison.results]
    return {
        "name": names[0],
        "replications": comparison.base.replications,
        "variants": [
            {"name": name, "differences": words, "notes": notes}
            for name, words, notes in zip(names[1:], comparison.words, comparison.notes, strict=True)
        ],
        "precision": comparison.precision,
        "width": comparison.width,
        "differences_in_futures": {future.name: future.words for future in comparison.futures},
        **comparison.tables,
    }


def of_stress(stress: Stress) -> dict[str, Any]:
    """Return the table of shocks, single points of failure, and shocks that do not apply to this scenario."""
    return {
        "name": stress.scenario.name,
        "replications": stress.replications,
        "sketches": stress.sketches,
        "shocks": [shock.name for shock in stress.shocks],
        "stress": stress.table,
        "failures": stress.failures,
        "left_out": stress.left_out,
    }


def of_staffing(staffing: Staffing) -> dict[str, Any]:
    """Return the plans by confidence with what they cost and meet, and the requested plan as a patch."""
    question = {field.name: getattr(staffing.question, field.name) for field in dataclasses.fields(staffing.question)}
    return {
        "name": staffing.scenario.name,
        "question": question,
        "unit": staffing.unit,
        "interrupted": staffing.interrupted,
        "patch": staffing.patch(),
        **staffing_tables(staffing),
        "notes": staffing.notes,
    }


def of_sensitivity(sensitivity: Sensitivity) -> dict[str, Any]:
    """Return the tornado, the break-evens, Sobol's indices, and drivers that cannot be moved."""
    return {
        "name": sensitivity.scenario.name,
        "replications": sensitivity.replications,
        "sketches": sensitivity.sketches,
        "tornado": sensitivity.tornado,
        "break_even": sensitivity.breaks,
        "sobol": sensitivity.sobol,
        "left_out": sensitivity.left_out,
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


def of_calibration(calibration: Calibration) -> dict[str, Any]:
    """Return the fits, what was read and dropped from each file, what is odd, and what could not be fitted."""
    return {
        "title": calibration.configuration.title,
        "fits": calibration.table(),
        "quality": calibration.quality(),
        "foresight": calibration.foresight(),
        "not_fitted": [{"what": one.what, "why": one.why} for one in calibration.open],
        "noticed": [{"what": note.what, "rows": note.rows, "examples": note.examples} for note in calibration.odd],
    }


def of_backtest(backtested: Backtested) -> dict[str, Any]:
    """Return the scores, the totals and the windows of a back-test."""
    return {
        "title": backtested.configuration.title,
        "modes": backtested.modes,
        "origins": backtested.origins,
        "inferred": backtested.inferred,
        "rests": list(backtested.rests),
        "desk": backtested.model.name,
        "order": backtested.order,
        "scenario": backtested.scenario,
        "notes": backtested.notes,
        "scores": backtested.scores,
        "totals": backtested.totals,
        "missing": backtested.missing,
        "other_hours": backtested.other_hours,
        "windows": backtested.windows,
    }
