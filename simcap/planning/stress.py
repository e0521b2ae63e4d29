"""A scenario under shocks, one at a time: what each SLA loses, how soon it recovers, what depends on one site."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.summary import spread
from simcap.errors import ScenarioError
from simcap.experiment.batch import Batch, Progress, run_batch
from simcap.experiment.run import finest, periods_down_to
from simcap.planning.aftermath import missed, recovery
from simcap.planning.assisted_stress import LEAST, SHOWN, assisted_rows
from simcap.planning.changes import Change
from simcap.planning.noise import shares, worst_window
from simcap.planning.shocks import sites_of
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]

FATAL = 0.10
"""Loss in the worst window at which a site is a single point of failure."""


@dataclasses.dataclass(frozen=True)
class Stress:
    """What shocks do."""

    scenario: Scenario
    replications: int
    shocks: tuple[Change, ...]
    table: pd.DataFrame
    """A row for each shock and SLA (of a queue or a vendor's part of it): see `stress_test`."""
    failures: tuple[str, ...]
    """Single points of failure, in words."""
    left_out: tuple[str, ...]
    """Shocks that this scenario cannot have, and why."""
    sketches: int = 0
    """Sketches that the losses rest on, too."""

    def __repr__(self) -> str:
        hurt = self.table[self.table["stands_out"]] if len(self.table) else self.table
        verdict = f"{hurt['shock'].nunique() if len(hurt) else 0} of {len(self.shocks)} shocks stand out"
        if len(hurt):
            worst = hurt.iloc[int(hurt["lost"].argmax())]
            verdict += (
                f", the worst: {worst['shock']}, {100 * worst['lost']:.1f} points of {worst['queue']} / {worst['sla']}"
            )
        verdict += f"; single points of failure: {len(self.failures)}"
        return f"Stress({self.scenario.name!r}, {self.replications} replications: {verdict})"


def stress_test(
    file: ScenarioFile,
    shocks: Sequence[Change],
    batch: Batch,
    progress: Progress = lambda _done, _all: None,
    sketches: int = 0,
) -> Stress:
    """Run a scenario and each shock on the same draws, and sketch both on at least so many, if any.

    The table has shock, queue, vendor, sla, base and stressed (attainment over the horizon), lost (their difference)
    with lost_low and lost_high (95%, of the differences of replications on the same draws), lost_at_worst (the largest
    loss in a whole window of the SLA) with lost_at_worst_low and lost_at_worst_high (95%, of the differences in this
    window), worst (its start), worst_chance (share of equal runs whose worst window loses as
    much), worst_stands_out (whether hardly any do), stands_out (whether that, or the loss over the horizon, does),
    windows_missed (more than in the base, a mean), recovers_days (from the end of the shock until attainment by day is
    within a point of the base's for three days; 0: at once; empty: the shock lasts, or ends with the horizon; infinite:
    not within it). Attainments are ratios of sums over replications. With sketches, base, stressed and losses are
    those of `analysis.assisted`; worst_chance is then empty, as whether a window stands out goes by the interval of its
    loss, at 95% for all windows together; windows_missed and recovers_days are those of sketches.
    """
    possible, left_out = _possible(file, shocks)
    on = dataclasses.replace(batch, periods=periods_down_to(finest(file, "day")))
    runs = run_batch([file, *(changed for _, changed in possible)], on, progress)
    start = file.scenario.horizon.start
    if sketches:
        files = [file, *(changed for _, changed in possible)]
        numbers = range(batch.replications.start, batch.replications.start + max(sketches, len(batch.replications)))
        many = run_batch(files, dataclasses.replace(on, replications=numbers, sketched=("sla",)))
        rows = [
            row
            for number, (shock, _) in enumerate(possible, 1)
            for row in assisted_rows(shock, (many[0], runs[0]), (many[number], runs[number]), start)
        ]
    else:
        rows = [
            row for (shock, _), run in zip(possible, runs[1:], strict=True) for row in _rows(shock, runs[0], run, start)
        ]
    table = pd.DataFrame(rows)
    shown = tuple(shock for shock, _ in possible)
    failures = (*lone_skills(file.scenario), *_felt(table, shown))
    return Stress(file.scenario, len(batch.replications), shown, table, failures, tuple(left_out), sketches)


def lone_skills(scenario: Scenario) -> list[str]:
    """Return, in words, the queues that only one site or one vendor can work."""
    sites = sites_of(scenario)
    sentences = []
    for queue in scenario.queues:
        able = [site for site, teams in sites.items() if any(_can(scenario, pair, queue) for pair in teams)]
        vendors = dict.fromkeys(vendor for site in able for vendor, _ in sites[site])
        if len(able) == 1:
            sentences.append(f"{queue} can be worked at {able[0]} only")
        elif len(vendors) == 1 and len(scenario.vendors) > 1:
            sentences.append(f"{queue} can be worked by {next(iter(vendors))} only")
    return sentences


def _can(scenario: Scenario, pair: tuple[str, str], queue: str) -> bool:
    vendor, team = pair
    return queue in scenario.vendors[vendor].teams[team].skills


def _possible(file: ScenarioFile, shocks: Sequence[Change]) -> tuple[list[tuple[Change, ScenarioFile]], list[str]]:
    possible, left_out = [], []
    for shock in shocks:
        try:
            possible.append((shock, shock.of(file)))
        except ScenarioError as error:
            left_out.append(str(error).split("\n")[0])
    return possible, left_out


def _rows(shock: Change, base: Run, run: Run, start: dt.date) -> Iterator[dict[str, object]]:
    for subject in base.layout.subjects["sla"]:
        queue, vendor, sla = subject
        per = base.periods[queue, sla]
        before, after = (shares(one, subject, "horizon") for one in (base, run))
        lost = spread(before - after)
        # No more can be lost than there was, and no more gained than was missing.
        low, high = (float(np.clip(end[0], before.mean() - 1, before.mean())) for end in (lost.ci_low, lost.ci_high))
        windows = base.layout.windows[per]
        worst = worst_window(shares(base, subject, per), shares(run, subject, per), np.array(windows.judged))
        stands_out = worst.stands_out and worst.loss >= SHOWN
        misses = [missed(one, subject) for one in (base, run)]
        yield {
            "shock": shock.name,
            "queue": queue,
            "vendor": vendor,
            "sla": sla,
            "base": before.mean(),
            "stressed": after.mean(),
            "lost": float(lost.mean[0]),
            "lost_low": low,
            "lost_high": high,
            "lost_at_worst": max(worst.loss, 0.0) if np.isfinite(worst.loss) else np.nan,
            "lost_at_worst_low": worst.low,
            "lost_at_worst_high": worst.high,
            "worst": windows.starts[worst.window].isoformat()[: 16 if per == "hour" else 10],
            "worst_chance": worst.chance,
            "worst_stands_out": stands_out,
            "stands_out": stands_out or _is_sure(float(lost.mean[0]), low, high),
            "windows_missed": misses[1] - misses[0],
            "recovers_days": recovery(shock, base, run, subject, start),
        }


def _is_sure(lost: float, low: float, high: float) -> bool:
    """Say whether a loss (or gain) over the horizon is more than chance; of one replication, whether it is visible."""
    if np.isnan(low):
        return abs(lost) >= SHOWN
    return abs(lost) >= LEAST and (low > 0 or high < 0)


def _felt(table: pd.DataFrame, shocks: Sequence[Change]) -> Iterator[str]:
    """Yield the sites whose two-day outage costs an SLA of a whole queue more than is tolerable."""
    for shock in shocks:
        if not shock.site:
            continue
        rows = table[(table["vendor"] == "") & (table["shock"] == shock.name)]
        bad = rows[rows["worst_stands_out"] & (rows["lost_at_worst"] >= FATAL)].sort_values(
            "lost_at_worst", ascending=False
        )
        if len(bad):
            lost = [
                f"{row['queue']} / {row['sla']} loses {100 * row['lost_at_worst']:.0f} points"
                for row in bad.head(3).to_dict("records")
            ]
            yield f"{shock.site}: two days without it, and {', '.join(lost)}"
