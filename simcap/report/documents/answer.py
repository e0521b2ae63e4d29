"""What a command answered, in words: kept in its folder, so that its page can be made again from disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simcap.calibration.backtest.backtest import Backtested
from simcap.calibration.calibrate import Calibration
from simcap.experiment.manifest import versions
from simcap.experiment.plain_json import json_text
from simcap.planning.sensitivity import Sensitivity
from simcap.planning.staffing import Staffing
from simcap.planning.stress import Stress
from simcap.report.review.validation import scores_of, scores_sentence
from simcap.report.terminal.backtest import tell_backtest
from simcap.report.terminal.calibration import tell_calibration
from simcap.report.terminal.recorded import Record
from simcap.report.terminal.sensitivity import break_lines, tell_sensitivity
from simcap.report.terminal.staffing import plan_lines, tell_staffing
from simcap.report.terminal.stress import hurting, points, tell_stress
from simcap.report.wording.words import plural, sla_name

ANSWER = "answer.json"
MOST_SENTENCES = 3
Answer = dict[str, Any]


def write_answer(answer: Answer, folder: Path) -> None:
    """Write an answer into a folder of results."""
    (folder / ANSWER).write_text(json_text(answer) + "\n", encoding="utf-8")


def answer_of_stress(stress: Stress, seed: int) -> Answer:
    """Return what a stress test found: the shock that hurts most, and all that the terminal tells."""
    record = Record()
    tell_stress(record, stress)
    rows = hurting(stress)
    count = plural(len(stress.shocks), "shock")
    if rows.empty:
        return _answer("stress", stress.scenario.name, "holds", f"None of {count} stands out", [], record, seed)
    worst = rows.iloc[0]
    lost = worst["lost_at_worst"] if worst["worst_stands_out"] else worst["lost"]
    when = "in its worst window" if worst["worst_stands_out"] else "over the horizon"
    sla = sla_name(str(worst["queue"]), "", str(worst["sla"]))
    sentences = [
        f"{worst['shock']} hurts most: it takes {points(lost)} points of attainment from {sla} {when}.",
        f"Single points of failure: {'; '.join(stress.failures)}." if stress.failures else "",
    ]
    heading = f"{rows['shock'].nunique()} of {count} hurt"
    return _answer("stress", stress.scenario.name, "at risk", heading, sentences, record, seed)


def answer_of_staffing(staffing: Staffing, seed: int) -> Answer:
    """Return what a staffing search found: the plan, whether it holds, and all that the terminal tells."""
    record = Record()
    tell_staffing(record, staffing)
    reached = staffing.main is not None and staffing.main.reached
    lines = [line for line in plan_lines(staffing) if not line.startswith(" ")]
    heading = "A plan meets what is asked" if reached else "No plan was found that meets what is asked"
    sentences = [f"{lines[0].rstrip(':')}.", *lines[1:2]]
    standing = "holds" if reached else "does not hold"
    if staffing.interrupted:
        heading, standing = "The search was stopped: this is its best plan so far", "neutral"
        sentences = ["The same command goes on from there.", *sentences]
    return _answer("staff", staffing.scenario.name, standing, heading, sentences, record, seed)


def answer_of_sensitivity(sensitivity: Sensitivity, shown: tuple[str, str, str], seed: int) -> Answer:
    """Return what an SLA depends on: how far each driver may go, and all that the terminal tells."""
    record = Record()
    tell_sensitivity(record, sensitivity, shown)
    heading = f"What {sla_name(*shown)} depends on"
    sentences = list(break_lines(sensitivity, shown))
    return _answer("sensitivity", sensitivity.scenario.name, "neutral", heading, sentences, record, seed)


def answer_of_calibration(calibration: Calibration) -> Answer:
    """Return how many parameters were fitted, what was dropped, and all that the terminal tells."""
    record = Record()
    tell_calibration(record, calibration)
    fitted = sum(len(fit.estimates) for fit in calibration.fits)
    read = sum(sheet.read for sheet in calibration.history.sheets)
    dropped = sum(cause.rows for sheet in calibration.history.sheets for cause in sheet.dropped)
    sentences = [
        f"{read:,} rows were read, {dropped:,} of them dropped.",
        f"{plural(len(calibration.open), 'parameter')} could not be fitted." if calibration.open else "",
    ]
    heading = f"{plural(fitted, 'parameter')} fitted"
    return _answer("calibrate", calibration.configuration.title, "neutral", heading, sentences, record, None)


def answer_of_backtest(result: Backtested) -> Answer:
    """Return how far predictions were off, and all that the terminal tells."""
    record = Record()
    tell_backtest(record, result)
    sentence = scores_sentence(scores_of(result.scores))
    title = result.configuration.title
    return _answer("backtest", title, "neutral", "How far predictions were off", [sentence], record, None)


def _answer(
    command: str, title: str, standing: str, heading: str, sentences: Sequence[str], record: Record, seed: int | None
) -> Answer:
    return {
        "command": command,
        "title": title,
        "standing": standing,
        "heading": heading,
        "sentences": [sentence for sentence in sentences if sentence][:MOST_SENTENCES],
        "blocks": record.blocks,
        "seed": seed,
        "versions": versions(),
    }
