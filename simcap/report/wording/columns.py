"""What the columns of tables mean and in what they are measured: the one place that knows, for lists and workbooks."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from simcap.analysis.measures import SHARES
from simcap.analysis.money import MONEY_MEASURES
from simcap.analysis.summary import PERCENTILES

Unit = Literal[
    "text", "date", "share", "chance", "items", "hours", "s", "days", "people", "currency", "currency each", "number",
    "yes or no", "count", "by measure",
]  # fmt: skip
"""Shares and chances go from 0 to 1: a share is one of items, hours or money, a chance one of replications.

"by measure": the column `measure` of the row says which.
"""


class Meaning(NamedTuple):
    """What a column holds."""

    unit: Unit
    words: str


_TEXT: Final = {
    "scenario": "Scenario that is compared with the base",
    "queue": "Queue",
    "vendor": "Vendor; empty for the whole queue, or for all vendors together",
    "team": "Team",
    "sla": "Name of the SLA",
    "measure": "What the row's figures are of",
    "period": "Kind of window: horizon, month, week, day, hour",
    "per": "Period by which the SLA is judged",
    "level": "What the row stands for; rows of one level may be summed",
    "group": "Key of a group (language, site), or kind of a fitted parameter",
    "risk": "Kind of risk",
    "subject": "What is at risk",
    "what_would_fix_it": "What would mend it, with figures where it was simulated",
    "why": "Why it comes about, in words",
    "by": "Whether items are counted by cause or by another trait",
    "value": "What they are counted by; the value of a parameter, of a group",
    "cause": "What takes most of the time of late items",
    "source": "Where a value or a part of the uncertainty comes from",
    "path": "Place of a value in the scenario",
    "interval": "90% interval of what replications draw",
    "origin": "Where a value comes from",
    "note": "What is written beside the value",
    "difference": "How the scenario differs from the base",
    "driver": "What is turned up or down",
    "end": "Which end of its range",
    "outlook": "How the SLA stands at the base",
    "shock": "What happens",
    "verdict": "met, missed, lost or not asked",
    "change": "What the plan changes",
    "mode": "replay (the actual items and staffing are given) or forecast (nothing after the origin is)",
    "parameter": "Place of the parameter in the scenario",
    "unit": "Unit of the value",
    "scale": "Scale on which its error is even: plain, log, logit",
    "goodness": "How well the fit describes the data",
    "prior": "What is usual in the field, if it was used",
    "file": "File of the history",
    "what": "What became of its rows",
    "examples": "The first of them",
}
_OTHERS: Final[dict[str, tuple[Unit, str]]] = {
    "start": ("date", "First moment of the window"),
    "date": ("date", "Day as of which the value holds"),
    "first_week": ("date", "First week in which it is a risk"),
    "approve_by": ("date", "Last day to approve it"),
    "arrives": ("date", "Day from which it has an effect"),
    "worst": ("date", "Start of the worst window"),
    "replication": ("count", "Number of the replication, from 0"),
    "replications": ("count", "Replications that judge the plan"),
    "mean": ("by measure", "Mean over replications"),
    "ci_low": ("by measure", "Lower end of the 95% interval of the figure before it"),
    "ci_high": ("by measure", "Upper end of that interval"),
    **{f"p{percent:02d}": ("by measure", f"{percent}th percentile over replications") for percent in PERCENTILES},
    "base": ("by measure", "Figure of the base"),
    "variant": ("by measure", "Figure of the scenario that is compared with it"),
    "effect": ("by measure", "What the difference alone does, on the same draws"),
    "moved": ("by measure", "Figure with the driver turned"),
    "higher": ("chance", "Share of replications in which the figure is higher than in the base"),
    "lower": ("chance", "Share of replications in which it is lower"),
    "target": ("share", "Target"),
    "attainment": ("share", "Items on time over items that count, all replications together"),
    "decided": ("items", "Items of the window that were decided"),
    "miss_probability": ("chance", "Chance that the window is missed; empty if it is not judged"),
    "miss_low": ("chance", "Lower end of the 95% interval of that chance"),
    "miss_high": ("chance", "Upper end of that interval"),
    "shortfall": ("items", "Items short of the target, where it is missed"),
    "partial": ("yes or no", "Whether the horizon cuts the window"),
    "expired_share": ("share", "Share of the window's items that left undecided"),
    "probability": ("chance", "Chance of the risk"),
    "low": ("chance", "Lower end of its 95% interval"),
    "high": ("chance", "Upper end of its 95% interval"),
    "impact": ("number", "Items, agents or hours concerned, where it happens"),
    "share": ("share", "Share of the whole that is concerned"),
    "items": ("items", "Items"),
    "hours": ("hours", "Hours that late items waited until they were due"),
    "price": ("currency", "Fee for work and what is topped up to the minimum"),
    "credits": ("currency", "Credits for service and quality, less what was earned back"),
    "net_cost": ("currency", "Price less credits"),
    "used_fee": ("currency", "Fee for work"),
    "minimum_fee": ("currency", "Topped up to the contract's minimum"),
    "service_credits": ("currency", "Credits for missed SLAs"),
    "quality_credits": ("currency", "Credits for wrong decisions"),
    "earned_back": ("currency", "Credits that were earned back"),
    "decisions": ("items", "Decisions that were billed"),
    "worst_miss": ("chance", "Chance of a miss in the worst window"),
    "stressed": ("share", "Attainment under the shock"),
    "lost": ("share", "Attainment lost over the horizon"),
    "lost_low": ("share", "Lower end of the 95% interval of that loss"),
    "lost_high": ("share", "Upper end of that interval"),
    "lost_at_worst": ("share", "Attainment lost in the worst window"),
    "lost_at_worst_low": ("share", "Lower end of the 95% interval of that loss"),
    "lost_at_worst_high": ("share", "Upper end of that interval"),
    "worst_chance": ("chance", "Chance that equal runs lose as much in their worst window"),
    "worst_stands_out": ("yes or no", "Whether that is more than chance"),
    "stands_out": ("yes or no", "Whether the loss, there or over the horizon, is more than chance"),
    "windows_missed": ("number", "Windows that are missed more than in the base"),
    "recovers_days": ("days", "Days until service is as in the base again"),
    "factor": ("number", "Factor by which the driver is turned"),
    "times": ("number", "How many times as many effective hours an item"),
    "own": ("yes or no", "Whether that is the driver's own uncertainty"),
    "inside": ("yes or no", "Whether the point lies within what was simulated"),
    "base_low": ("chance", "Lower end of the 95% interval of the base's chance of a miss"),
    "base_high": ("chance", "Upper end of that interval"),
    "first": ("share", "Share of the variance that the driver alone explains"),
    "first_low": ("share", "Lower end of its 95% interval"),
    "first_high": ("share", "Upper end of its 95% interval"),
    "total": ("share", "The same with all that it does together with others"),
    "total_low": ("share", "Lower end of its 95% interval"),
    "total_high": ("share", "Upper end of its 95% interval"),
    "confidence": ("chance", "Confidence that was asked for"),
    "reached": ("yes or no", "Whether a plan reaches it"),
    "cost": ("currency", "Net cost of the plan, or agent hours without a price"),
    "added": ("currency", "That beyond the base"),
    "missed_any": ("chance", "Chance that any window is missed"),
    "windows_met": ("count", "Windows that are met"),
    "windows_lost": ("count", "Windows that no plan meets"),
    "windows_not_asked": ("count", "Windows in which nothing is due"),
    "met": ("chance", "Chance that the window is met under the plan"),
    "met_low": ("chance", "Lower end of its 95% interval"),
    "met_high": ("chance", "Upper end of its 95% interval"),
    "count": ("people", "Agents"),
    "sd": ("share", "Standard deviation of attainment over the horizon"),
    "windows": ("count", "Windows that were predicted"),
    "actual": ("share", "Attainment as it was"),
    "predicted": ("share", "Attainment as it was simulated"),
    "error": ("share", "Mean absolute error of attainment"),
    "bias": ("share", "Simulated less actual, on average"),
    "crps": ("share", "Continuous ranked probability score of attainment"),
    "coverage_50": ("share", "Share of windows within the simulated 50% band"),
    "coverage_90": ("share", "Share of windows within the simulated 90% band"),
    "error_same_hours": ("share", "Error of \"as on the same weekday and hour before\""),
    "error_last_week": ("share", "Error of \"as last week\""),
    "error_day_type": ("share", "Error of \"as at the same hour on days of the same type\", working days being one"),
    "error_anchored": ("share", "Error of anchored attainment: simulation and best rule, weighed by hindcasts"),
    "coverage_90_anchored": ("share", "Windows within the anchored 90% band"),
    "anchored": ("share", "Anchored attainment: simulation and best rule without a model, weighed by hindcasts"),
    "simulated": ("share", "Simulated attainment: items on time over items that count, all replications together"),
    "simulated_p05": ("share", "Lower end of the simulated 90% band"),
    "simulated_p95": ("share", "Upper end of the simulated 90% band"),
    "ruled": ("share", "What the rule without a model says"),
    "weeks_ahead": ("count", "Week after the last day that was known, from 1"),
    "base_simulated": ("share", "Simulated attainment of the base"),
    "base_anchored": ("share", "Anchored attainment of the base"),
    "base_anchored_p05": ("share", "Lower end of its anchored 90% band"),
    "base_anchored_p95": ("share", "Upper end of its anchored 90% band"),
    "anchored_p05": ("share", "Lower end of the anchored 90% band"),
    "anchored_p95": ("share", "Upper end of the anchored 90% band"),
    "error_smoothing": ("share", "Error of \"as lately, older days counting less and less\""),
    "same_hours": ("share", "Attainment on the same weekday and hour before"),
    "last_week": ("share", "Attainment of the week before"),
    "day_type": ("share", "Attainment of days of the same type (and the same hour) before, working days being one"),
    "smoothing": ("share", "Attainment lately, older days counting less and less"),
    "rule": ("text", "The rule without a model that missed the hindcasts least"),
    "point": ("text", "What of the simulation is weighed: its mean, or the median of the replications, p50"),
    "weight": ("share", "Of the simulation, against the rule"),
    "factor_week": ("number", "Of the half-widths of weekly bands, on the logit scale"),
    "factor_day": ("number", "The same of daily bands"),
    "factor_hour": ("number", "The same of hourly bands"),
    "gain": ("share", "By how much the error is smaller than that of the best rule without a model"),
    "part": ("text", "What the prediction is told of the predicted days besides"),
    "taken_off": ("share", "By how much the error is smaller than without that part"),
    "taken_off_se": ("share", "Standard error of that, days or weeks being clusters"),
    "items_predicted": ("items", "Items as simulated"),
    "left_undecided": ("share", "Share that left undecided"),
    "left_undecided_predicted": ("share", "That as simulated"),
    "backlog": ("items", "Items open at the end"),
    "backlog_predicted": ("items", "That as simulated"),
    "backlog_error": ("items", "Mean absolute error of the backlog"),
    "distance": ("s", "Distance of the simulated from the actual times to a decision"),
    "mean_wait": ("s", "Mean wait"),
    "mean_wait_predicted": ("s", "That as simulated"),
    "item": ("text", "What an open item is called"),
    "created": ("date", "When it was created"),
    "due": ("date", "Until when it is due"),
    "left_s": ("s", "Time left from the start until it is due; negative if it is past due"),
    "late_probability": ("chance", "Chance that it is late by the SLA"),
    "late_low": ("chance", "Lower end of its 95% interval"),
    "late_high": ("chance", "Upper end of that interval"),
    "leaves_probability": ("chance", "Chance that it leaves undecided"),
    "picked_up_p50": ("date", "When it is first picked up, median"),
    "picked_up_p95": ("date", "The same in 95% of replications at the latest"),
    "decided_p50": ("date", "When it is decided, median; empty if that is after the time simulated"),
    "decided_p95": ("date", "The same in 95% of replications at the latest"),
    "standard_error": ("number", "Standard error of the parameter on its scale"),
    "observations": ("count", "Observations that it was fitted to"),
    "rows": ("count", "Rows"),
}  # fmt: skip
_COMMON: Final = {name: Meaning("text", words) for name, words in _TEXT.items()} | {
    name: Meaning(unit, words) for name, (unit, words) in _OTHERS.items()
}
_BANDS: Final = ("ci_low", "ci_high", "p05", "p25", "p50", "p75", "p95")
_OWN: Final[dict[tuple[str, str], Meaning]] = {
    **{(table, name): Meaning("share", _COMMON[name].words) for table in ("sla", "windows") for name in _BANDS},
    **{
        ("windows", f"p{percent:02d}"): Meaning(
            "share", f"What comes is below it with a chance of {percent}%, as simulated"
        )
        for percent in PERCENTILES
    },
    **{
        (table, name): Meaning("share", _COMMON[name].words)
        for table in ("variance", "other_hours")
        for name in ("p05", "p95")
    },
    ("assumptions", "value"): Meaning("text", "The value, as the scenario writes it"),
    ("late_by_cause", "value"): Meaning("text", "The cause, or the other trait"),
    ("groups", "value"): Meaning("text", "The word under that key"),
    ("windows", "mean"): Meaning(
        "share", "Attainment as simulated: items on time over items that count, all replications together"
    ),
    ("anchored", "factor"): Meaning(
        "number", "Of the half-widths of bands, in log odds; that of few replications is in it"
    ),
    ("anchored", "ci_low"): Meaning("share", _COMMON["ci_low"].words),
    ("anchored", "ci_high"): Meaning("share", _COMMON["ci_high"].words),
    ("anchored", "difference"): Meaning("share", "Simulated change: scenario less base, paired replications"),
    ("future_anchored", "scenario"): Meaning("text", "The scenario, which is the base too"),
    ("future_anchored", "ci_low"): Meaning("share", _COMMON["ci_low"].words),
    ("future_anchored", "ci_high"): Meaning("share", _COMMON["ci_high"].words),
    ("future_anchored", "difference"): Meaning(
        "share", "Simulated change: scenario in the future less base as it stands, paired replications"
    ),
    ("future_anchored", "anchored"): Meaning(
        "share", "Anchored base plus that change; empty where that is out of the base's own band"
    ),
    ("windows", "origin"): Meaning("date", "Day after which nothing is given"),
    ("other_hours", "origin"): Meaning("date", "Day after which nothing is given, and from which other hours come"),
    ("other_hours", "items"): Meaning("items", "Items that came in the window"),
    ("other_hours", "base"): Meaning("share", "Expected attainment with the hours that come"),
    ("other_hours", "variant"): Meaning("share", "Expected attainment with the other hours"),
    ("other_hours", "difference"): Meaning("share", "Difference of the two, on the same draws"),
    ("other_hours", "least"): Meaning("share", "Least that it is, however the desk answers to its backlog"),
    ("other_hours", "most"): Meaning("share", "Most that it is"),
    ("totals", "origin"): Meaning("date", "Day after which nothing is given"),
    ("stress", "base"): Meaning("share", "Attainment of the base"),
    ("met", "base"): Meaning("chance", "Chance that the window is met in the base"),
    ("met", "lost"): Meaning("yes or no", "Whether every plan tried misses the window"),
    ("misses", "base"): Meaning("chance", "Chance of any miss in the base"),
    ("misses", "variant"): Meaning("chance", "Chance of any miss in the scenario"),
    ("misses", "difference"): Meaning("chance", "Difference of the two"),
    ("precision", "counted"): Meaning(
        "by measure", "The figure from simulated replications alone; in a comparison its difference from the base"
    ),
    ("precision", "estimate"): Meaning("by measure", "The same, with what sketches of more replications show"),
    ("precision", "difference"): Meaning(
        "by measure", "Scenario less base, with what sketches of more replications show"
    ),
    ("precision", "low"): Meaning("by measure", "Lower end of its 90% interval"),
    ("precision", "high"): Meaning("by measure", "Upper end of its 90% interval"),
    ("precision", "replications"): Meaning("count", "Simulated replications"),
    ("variance", "sketches"): Meaning("count", "Sketches that the shares rest on; 0 where they rest on simulations"),
    ("precision", "sketches"): Meaning("count", "Sketched replications, the simulated ones among them"),
    ("precision", "effective"): Meaning("number", "Simulated replications that would tell as much without sketches"),
    ("precision", "sketch_gap"): Meaning("by measure", "Sketch less simulation, in the replications that have both"),
    ("precision", "sketch_gap_error"): Meaning("by measure", "Standard error of that"),
    ("precision", "rho2"): Meaning("share", "Share of the variance that sketches explain"),
    ("precision", "why_counted"): Meaning("text", "Why sketches were not used; empty if they were"),
    ("misses", "ci_low"): Meaning("chance", _COMMON["ci_low"].words),
    ("misses", "ci_high"): Meaning("chance", _COMMON["ci_high"].words),
    ("break_even", "base"): Meaning("chance", "Chance of any miss at the base"),
    ("break_even", "factor"): Meaning("number", "Factor at which the outlook changes"),
    ("break_even", "low"): Meaning("number", "Highest factor at which it surely has not"),
    ("break_even", "high"): Meaning("number", "Lowest factor at which it surely has"),
    ("tornado", "value"): Meaning("text", "The driver's value in words"),
    ("costs", "ci_low"): Meaning("currency", "Lower end of the 95% interval of what is added"),
    ("costs", "ci_high"): Meaning("currency", "Upper end of that interval"),
    ("costs", "windows_missed"): Meaning("count", "Windows that the plan misses"),
    ("fits", "value"): Meaning("number", "Estimate"),
    ("fits", "p05"): Meaning("number", "Lower end of its 90% interval"),
    ("fits", "p95"): Meaning("number", "Upper end of its 90% interval"),
    ("fits", "source"): Meaning("text", "What it was fitted to"),
    **{
        (table, "difference"): Meaning("by measure", "Scenario less base, the mean of paired replications")
        for table in ("slas", "queues", "teams", "vendors", "tornado")
    },
}
"""Columns that mean something else in one table."""

_MEASURES: Final[dict[str, Unit]] = {
    **dict.fromkeys(SHARES, "share"),
    **dict.fromkeys(("any_miss", "miss_probability"), "chance"),
    **dict.fromkeys(("arrived", "completed", "expired", "open_at_end", "decisions"), "items"),
    **dict.fromkeys(("headcount", "in_training", "hires", "leavers", "transfers", "effective_fte"), "people"),
    **dict.fromkeys(
        (name for name in MONEY_MEASURES if name not in ("cost_per_decision", "decisions")),
        "currency",
    ),
    "cost_per_decision": "currency each",
    "errors": "items",
}  # fmt: skip


def meaning_of(table: str, column: str) -> Meaning | None:
    """Return what a column of a table holds; None if it is not one that simcap writes."""
    return _OWN.get((table, column), _COMMON.get(column))


def unit_of_measure(measure: str) -> Unit:
    """Return the unit of a measure: that of its name, or of its ending."""
    if measure in _MEASURES:
        return _MEASURES[measure]
    return "hours" if measure.endswith("_hours") else "s" if measure.endswith("_s") else "number"


_HEAD: Final = """# Columns

What `simcap tables DIR` says of the tables in a folder of results, made from the code (`make docs`). How intervals are
made, and what rows stand for: [tables](tables.md). Shares and chances go from 0 to 1; a share is one of items, hours or
money, a chance one of replications. "By measure": the row's `measure` says which.
"""
TABLES: Final = {
    "queues": "Work of queues",
    "teams": "People and hours of teams",
    "vendors": "People, hours and money of vendors",
    "work": "Decisions and busy hours by team and queue",
    "sla": "Attainment of SLAs, and their chance of a miss",
    "anchored": "Attainment as simulated, and anchored to a rule without a model",
    "slas": "SLAs compared with the base",
    "misses": "Chance of a miss compared with the base",
    "future_anchored": "Attainment in futures as simulated, and anchored to a rule without a model",
    "precision": "Attainment and chances as sketches make them more precise",
    "late_by_cause": "Why items are late",
    "risks": "Risks, the worst first",
    "ledger": "Money month by month, by replication",
    "groups": "Figures by group",
    "assumptions": "Every value that results rest on",
    "validation": "Back-test of the calibration in use",
    "open_items": "Items that are open at the start: until when each is due, and the chance that it is late",
    "variance": "What the uncertainty of SLAs consists of",
    "explained": "What each difference alone does",
    "stress": "What each shock takes from SLAs",
    "costs": "What plans cost",
    "plans": "What plans change, and when",
    "met": "Windows under the plan",
    "parts": "Partial windows, which are not asked for",
    "last_dates": "Last days to approve",
    "tornado": "What each driver does",
    "break_even": "How far each driver may go",
    "sobol": "Drivers' shares of the variance",
    "scores": "Scores of predictions",
    "windows": "Windows as they were and as simulated",
    "totals": "Work as it was and as simulated",
    "missing": "By how much predictions miss that are told one part of the predicted days",
    "other_hours": "What a pick-up desk would attain if other hours came",
    "anchors": "How plans and forecasts are anchored",
    "fits": "Fitted parameters",
    "quality": "What became of rows of the history",
}
"""Tables and what each holds."""


def columns_page() -> str:
    """Return the page of the documentation that lists the tables, and every column with its unit and meaning."""
    rows = [f"| `{name}.csv` | {holds} |" for name, holds in TABLES.items()]
    common = [f"| `{column}` | {unit} | {words} |" for column, (unit, words) in sorted(_COMMON.items())]
    own = [
        f"| `{table}.csv` | `{column}` | {unit} | {words} |" for (table, column), (unit, words) in sorted(_OWN.items())
    ]
    return "\n".join([
        _HEAD, "| table | holds |", "|---|---|", *rows, "", "## Columns", "",
        "| column | unit | meaning |", "|---|---|---|", *common, "", "## Where a column means something else", "",
        "| table | column | unit | meaning |", "|---|---|---|---|", *own, "",
    ])  # fmt: skip
