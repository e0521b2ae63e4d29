"""The rows of a stress test whose losses rest on a few simulated replications and many sketches of the same draws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import Pair, assisted_share_differences, assisted_shares
from simcap.analysis.paired_precision import Runs, pair_of
from simcap.planning.aftermath import missed, recovery
from simcap.planning.changes import Change
from simcap.planning.noise import Worst

Array = NDArray[np.float64]

SHOWN, LEAST = 0.005, 0.001
"""Attainment that the worst window, or the whole horizon, must lose to count as a change."""
SURE = 0.95


def assisted_rows(shock: Change, base: Runs, run: Runs, start: dt.date) -> Iterator[dict[str, object]]:
    """Yield the rows of one shock, in the form of `stress.stress_test`."""
    for subject in base[1].layout.subjects["sla"]:
        queue, vendor, sla = subject
        per = base[1].periods[queue, sla]
        windows = base[1].layout.windows[per]
        before, after = (pair_of(runs, subject, "horizon") for runs in (base, run))
        whole = assisted_share_differences(before, after, SURE)
        lost, low, high = (-float(values[0]) for values in (whole.estimate, whole.high, whole.low))
        as_it_is = float(assisted_shares(*before, SURE).estimate[0])
        worst = _worst(pair_of(base, subject, per), pair_of(run, subject, per), np.array(windows.judged))
        stands_out = worst.stands_out and worst.loss >= SHOWN
        yield {
            "shock": shock.name,
            "queue": queue,
            "vendor": vendor,
            "sla": sla,
            "base": as_it_is,
            "stressed": as_it_is - lost,
            "lost": lost,
            "lost_low": low,
            "lost_high": high,
            "lost_at_worst": max(worst.loss, 0.0) if np.isfinite(worst.loss) else np.nan,
            "lost_at_worst_low": worst.low,
            "lost_at_worst_high": worst.high,
            "worst": windows.starts[worst.window].isoformat()[: 16 if per == "hour" else 10],
            "worst_chance": np.nan,
            "worst_stands_out": stands_out,
            "stands_out": stands_out or (abs(lost) >= LEAST and (low > 0 or high < 0)),
            "windows_missed": missed(run[0], subject) - missed(base[0], subject),
            "recovers_days": recovery(shock, base[0], run[0], subject, start),
        }


def _worst(base: Pair, run: Pair, judged: NDArray[np.bool_]) -> Worst:
    """Return the judged window that loses most, and whether that is more than chance among all of them."""
    gap = assisted_share_differences(base, run, SURE)
    loss = np.where(judged & np.isfinite(gap.estimate), -gap.estimate, -np.inf)
    window = int(loss.argmax())
    of_all = assisted_share_differences(base, run, 1 - (1 - SURE) / max(int(judged.sum()), 1))
    low, high = float(-gap.high[window]), float(-gap.low[window])
    return Worst(window, float(loss[window]), low, high, np.nan, stands_out=bool(of_all.high[window] < 0))
