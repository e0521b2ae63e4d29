"""The table of SLAs in words: one row for each SLA, the same on the terminal and on pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Literal

from simcap.experiment.results import Results
from simcap.experiment.summary import sla_overview
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.words import DASH, attained, odds, short_window, sla_terms, target_share

Outlook = Literal["likely", "at risk", "safe", "unknown"]

MARKS: dict[Outlook, str] = {"likely": "●", "at risk": "◐", "safe": "○", "unknown": " "}
MEANINGS: dict[Outlook, str] = {
    "likely": "likely to be missed",
    "at risk": "at risk",
    "safe": "no risk seen",
    "unknown": "nothing to judge",
}
WORST_FIRST: tuple[Outlook, ...] = ("likely", "at risk", "unknown", "safe")
KEY = (
    "● likely to be missed  ◐ at risk  ○ no risk seen. At risk: weeks (days, months: as the SLA is measured) with a "
    f"chance of a miss of {AT_RISK:.0%} or more. Any miss: the chance that at least one of them is missed, and its 95% "
    "interval."
)
LOST = (
    " Undecided: the share that left undecided (in a call centre: abandonment), which does not count unless the "
    "SLA counts all; also ◐ if that is more than usual."
)


@dataclasses.dataclass(frozen=True)
class SlaRow:
    """An SLA of a queue, or of a vendor's part of it, over the horizon."""

    figures: dict[str, Any]
    """As in summary.json: queue, vendor, sla, target, per, attainment, p05, p95, windows_at_risk, miss_any, ..."""
    terms: str
    outlook: Outlook
    expected: str
    band: str
    at_risk: str
    any_miss: str
    undecided: str
    is_own: bool
    """Whether the target is its vendor's own."""

    @property
    def queue(self) -> str:
        """Return the key of its queue."""
        return str(self.figures["queue"])

    @property
    def vendor(self) -> str:
        """Return the key of its vendor, empty for the whole queue."""
        return str(self.figures["vendor"])

    @property
    def sla(self) -> str:
        """Return its name."""
        return str(self.figures["sla"])

    @property
    def target(self) -> str:
        """Return its target in per cent."""
        return target_share(self.figures["target"])

    @property
    def own_target(self) -> str:
        """Return the target of a vendor that has promised another than its queue's; else nothing."""
        return self.target if self.is_own else ""

    @property
    def mark(self) -> str:
        """Return the mark of its outlook: marks differ in shape."""
        return MARKS[self.outlook]

    @property
    def meaning(self) -> str:
        """Return its outlook in words."""
        return MEANINGS[self.outlook]


def sla_rows(results: Results) -> list[SlaRow]:
    """Return the rows of the table of SLAs, each queue's own before those of its vendors."""
    return [_row(results, figures) for figures in sla_overview(results)]


def any_left(rows: list[SlaRow]) -> bool:
    """Say whether anything left undecided, so that the table needs that column."""
    return any(row.figures["expired_share"] for row in rows)


def outlook(row: dict[str, Any]) -> Outlook:
    """Return an SLA's outlook: likely (to be missed at least once), at risk (or its work), safe, or unknown."""
    if row["miss_any"] is None or row["attainment"] is None:
        return "at risk" if row["loses_work"] else "unknown"
    if row["miss_any"] >= LIKELY:
        return "likely"
    return "at risk" if row["windows_at_risk"] or row["miss_any"] >= AT_RISK or row["loses_work"] else "safe"


def _row(results: Results, row: dict[str, Any]) -> SlaRow:
    low, high = attained(row["p05"], row["target"]), attained(row["p95"], row["target"])
    judged = row["miss_any"] is not None and row["attainment"] is not None
    sla = results.scenario.queues[row["queue"]].sla[row["sla"]]
    return SlaRow(
        figures=row,
        terms=sla_terms(row["sla"], sla.of(row["vendor"])),
        is_own=row["vendor"] in sla.vendors,
        outlook=outlook(row),
        expected=attained(row["attainment"], row["target"]),
        band=high if low == high else f"{low.rstrip('%')}{DASH}{high}",
        at_risk=_at_risk(row),
        any_miss=odds(row["miss_any"], results.replications) if judged else DASH,
        undecided=DASH if row["expired_share"] is None else f"{row['expired_share']:.1%}",
    )


def _at_risk(row: dict[str, Any]) -> str:
    if row["attainment"] is None:
        return "nothing decided" if row["expired_share"] else "no items"
    if not row["windows"]:
        return f"no whole {row['per']}"
    share = f"{row['windows_at_risk']} of {row['windows']}"
    if row["first_at_risk"] is None:
        return share
    first = "first " if row["windows_at_risk"] > 1 else ""
    return f"{share}, {first}{short_window(row['per'], dt.datetime.fromisoformat(row['first_at_risk']))}"
