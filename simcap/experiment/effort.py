"""About what a sketch and a replication take, in seconds of one core, whatever machine they run on.

Told from the size of a scenario and not measured, so that equal inputs give equal numbers of them. As measured on the
baseline (91 days, 5 million items, 230,000 hours on the floor: 1 to 2.5 s and 0.07 s) and on `next-quarter` (140,000
items, 35,000 hours: 0.21 s and 0.04 s).
"""

from __future__ import annotations

from typing import Final

SKETCHED_DAY: Final = 4e-4
SKETCHED_HOUR: Final = 1.5e-7
"""Of an hour that somebody is on the floor."""
SKETCHED_TEAM: Final = 2e-5
"""Of a day of a team."""
SIMULATED_DAY: Final = 1.5e-3
SIMULATED_ITEM: Final = 4e-7


def of_sketch(days: float, hours: float, teams: int = 0) -> float:
    """Return what a sketch takes of a horizon of so many days with so many hours on the floor.

    The number of teams matters where it is large.
    """
    return days * SKETCHED_DAY + hours * SKETCHED_HOUR + teams * days * SKETCHED_TEAM


def of_replication(days: float, items: float) -> float:
    """Return what a replication takes of a horizon of so many days with so many items."""
    return days * SIMULATED_DAY + items * SIMULATED_ITEM
