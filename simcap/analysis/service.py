"""Whether two runs on the same draws give the same service: no SLA, and no work left over, differs beyond chance."""

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


def same_service(base: Run, variant: Run) -> bool:
    """Say whether nothing shows that one of two runs serves better: the same SLAs, none of which differs beyond chance.

    "The same" is as far as the replications tell: few of them leave small differences unseen.
    """
    if set(base.layout.subjects["sla"]) != set(variant.layout.subjects["sla"]):
        return False
    attained = paired_table("sla", base, variant, ("horizon",), ["attainment"]).to_dict("records")
    moved = any(stands_out(row) and abs(row["difference"]) >= SURE for row in attained)
    risks = miss_table(base, variant).to_dict("records")
    return not moved and not any(map(stands_out, risks)) and not _leaves_work(base, variant)


def _leaves_work(base: Run, variant: Run) -> bool:
    """Say whether more work of a queue is left over in one of the runs."""
    rows = paired_table("queues", base, variant, ("horizon",), ["arrived", *MATERIAL]).to_dict("records")
    arrived = {row["queue"]: row["variant"] for row in rows if row["measure"] == "arrived"}
    return any(is_material(row, arrived[row["queue"]]) for row in rows if row["measure"] in MATERIAL)


def is_material(row: Mapping[Any, Any], arrived: float) -> bool:
    """Say whether a difference in what a queue leaves over is certain, and large against what arrives."""
    return stands_out(row) and abs(row["difference"]) >= MATERIAL[row["measure"]] * arrived
