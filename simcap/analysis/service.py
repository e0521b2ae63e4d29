"""Which of two runs on the same draws serves better: SLAs, and work left over, that differ beyond chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from simcap.analysis.comparison import Run, miss_table, paired_table

SURE: Final = 0.005
"""Attainment must move this much to count as a difference."""
MATERIAL: Final = {"expired": 0.005, "open_at_end": 0.02}
"""What is left over must differ by this share of arrivals to be reported: some items are always open."""


def stands_out(row: Mapping[Any, Any]) -> bool:
    """Say whether the paired interval of a difference excludes zero."""
    return bool(row["ci_low"] > 0 or row["ci_high"] < 0)


def served(base: Run, variant: Run) -> tuple[bool, bool]:
    """Say whether a run certainly serves worse than another somewhere, and whether it serves better somewhere.

    Both may be true. Neither is as far as the replications tell: few of them leave small differences unseen. An SLA
    that only one of the runs has cannot be compared: both are true.
    """
    if set(base.layout.subjects["sla"]) != set(variant.layout.subjects["sla"]):
        return True, True
    attained = paired_table("sla", base, variant, ("horizon",), ["attainment"]).to_dict("records")
    # Each is positive where the variant serves worse.
    gaps = [-row["difference"] for row in attained if stands_out(row) and abs(row["difference"]) >= SURE]
    gaps += [row["difference"] for row in miss_table(base, variant).to_dict("records") if stands_out(row)]
    left = paired_table("queues", base, variant, ("horizon",), ["arrived", *MATERIAL]).to_dict("records")
    arrived = {row["queue"]: row["variant"] for row in left if row["measure"] == "arrived"}
    gaps += [
        row["difference"] for row in left if row["measure"] in MATERIAL and is_material(row, arrived[row["queue"]])
    ]
    return any(gap > 0 for gap in gaps), any(gap < 0 for gap in gaps)


def is_material(row: Mapping[Any, Any], arrived: float) -> bool:
    """Say whether a difference in what a queue leaves over is certain, and large against what arrives."""
    return stands_out(row) and abs(row["difference"]) >= MATERIAL[row["measure"]] * arrived
