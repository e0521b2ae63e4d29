"""How windows of SLAs stand under a plan, in the words that tables, terminal, charts and documents share.

- *met*: with the confidence asked for, in the fresh replications; or by the search's own, if the fresh ones do not
  contradict it.
- *missed*: less surely than that, though a plan that was tried, or another like it, might meet it.
- *lost*: missed by the scenario as it is and by every plan tried, or too early for anything to help; it is not asked
  for, but may not get worse.
- *not asked*: nothing was due in the window, or the horizon holds only a part of it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.planning.requirements import Response

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Verdict = Literal["met", "missed", "lost", "not asked"]

MET: Verdict = "met"
MISSED: Verdict = "missed"
LOST: Verdict = "lost"
NOT_ASKED: Verdict = "not asked"
VERDICTS: tuple[Verdict, ...] = (MET, MISSED, LOST, NOT_ASKED)

POINT = 0.01
"""Mean attainment by which a missed window must gain to count as better: a point."""


def verdicts(share: Array, high: Array, confidence: float, *, held: Flags, lost: Flags) -> list[Verdict]:
    """Return the verdict on each window.

    `share` is that of fresh replications that meet it and `high` the upper end of its interval, both NaN where nothing
    was due; `held` says whether the search's own draws hold the confidence, `lost` what no plan of the search saves.
    """
    met = (share >= confidence) | (held & (high >= confidence))
    return [
        NOT_ASKED if unknown else MET if is_met else LOST if is_lost else MISSED
        for unknown, is_met, is_lost in zip(np.isnan(share).tolist(), met.tolist(), lost.tolist(), strict=True)
    ]


def counts(met: pd.DataFrame) -> dict[Verdict, int]:
    """Return how many windows have each verdict."""
    return {one: int((met["verdict"] == one).sum()) for one in VERDICTS}


def is_reached(met: pd.DataFrame) -> bool:
    """Say whether a plan does what was asked: something is met, and nothing that is not lost is missed."""
    verdict_counts = counts(met)
    return verdict_counts[MET] > 0 and not verdict_counts[MISSED]


def better(base: Response, planned: Response, targets: Array, confidence: float, lost: Flags) -> Flags:
    """Say which of the windows that the base does not meet with confidence a plan improves, on the same draws.

    Met in more replications, or attained by a point more on average. What is lost is better only where it is met more
    often: a few points on the way to a target that no plan reaches save nothing.
    """
    before, after = base.met(targets)[0], planned.met(targets)[0]
    with np.errstate(invalid="ignore"):
        found: Flags = (before < confidence) & ((after > before) | (~lost & (planned.mean() - base.mean() >= POINT)))
    return found
