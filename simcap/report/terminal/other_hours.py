"""What the terminal shows of a pick-up desk to which other hours come."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simcap.report.terminal.recorded import Teller


def tell_other_hours(console: Teller, table: pd.DataFrame) -> None:
    """Tell by queue and SLA what is attained over all predicted weeks with other hours, and what that rests on."""
    console.print(f"\nWith {table['times'].iloc[0]:.0%} of the effective hours an item, from each origin on:")
    for (queue, sla), rows in table[table["period"] == "week"].groupby(["queue", "sla"], sort=False):
        base, variant, least, most = (
            float(np.average(rows[name], weights=rows["items"])) for name in ("base", "variant", "least", "most")
        )
        told = f"{100 * (variant - base):+.1f} points, {100 * least:+.1f} to {100 * most:+.1f}"
        console.print(f"  {str(queue) or 'all queues'} / {sla}: {variant:.1%} instead of {base:.1%} ({told})")
    console.print(
        "Simulated, not anchored, by week and weighted by items. Who comes works as those before did, by the same "
        "order and hours of the day. From ... to: however the desk answers to its backlog, which a log shows but "
        "roughly. other_hours.csv has every window.",
        soft_wrap=True,
    )
