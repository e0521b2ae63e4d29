"""What the terminal says of a run that is still under way."""

from __future__ import annotations

import math
from typing import Final

from simcap.analysis.early import EarlyFigure, EarlyLook
from simcap.report.wording.words import sla_name

MOST: Final = 8
"""SLAs that are shown; the others stand better."""


def early_lines(look: EarlyLook) -> list[str]:
    """Return what is known: a line that says what it rests on, and one for each SLA, the worst first."""
    count = f"{look.replications} replication{'s' * (look.replications > 1)}"
    rests = f"a sketch of {count}" if look.sketched else count
    left = len(look.figures) - MOST
    more = [f"  and {left} SLAs that stand better"] if left > 0 else []
    return [f"so far, from {rests}:", *(_line(figure) for figure in look.figures[:MOST]), *more]


def _line(figure: EarlyFigure) -> str:
    name = sla_name(figure.queue, "", figure.sla)
    known = "" if math.isnan(figure.low) else f" [{100 * figure.low:.1f}, {100 * figure.high:.1f}]"
    return f"  {name}: {100 * figure.attainment:.1f}%{known}, target {100 * figure.target:g}%"
