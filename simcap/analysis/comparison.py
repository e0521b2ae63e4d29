"""Tables of the differences between two runs on the same draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Layout, Subject, targets_of
from simcap.analysis.measures import SHARES
from simcap.analysis.money import ALL
from simcap.analysis.pairs import Paired, missed, paired, paired_chances
from simcap.analysis.ratios import linear, paired_ratios
from simcap.analysis.summary import spread
from simcap.analysis.tables import KEYS
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Run:
    """The figures of a run's replications, and its SLAs' targets and periods."""

    figures: Figures
    targets: Mapping[Subject, float]
    """By (queue, vendor, sla)."""
    periods: Mapping[tuple[str, str], str]
    """By (queue, sla)."""

    @property
    def layout(self) -> Layout:
        """Return what the axes of the figures stand for."""
        return self.figures.layout


def run_of(scenario: Scenario, figures: Figures) -> Run:
    """Return a scenario's figures with what is needed to compare them."""
    slas = {(name, label): sla for name, queue in scenario.queues.items() for label, sla in queue.sla.items()}
    return Run(figures, targets_of(scenario, figures.layout), {key: sla.per for key, sla in slas.items()})


def paired_table(name: str, base: Run, variant: Run, periods: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:
    """Return the paired differences of a table's subjects that both runs have; of money, also those that one run has.

    Columns: the keys of the table, measure, period, start, base, variant (means; for attainment ratios of sums),
    difference with ci_low and ci_high (95%), higher and lower (shares of replications).
    """
    subjects = either_payers(base, variant) if name == "money" else _common(name, base, variant)
    frames = []
    for period in periods:
        starts = base.layout.windows[period].labels
        one, other = (
            np.stack([_rows(run, name, period, subjects, measure) for measure in measures], axis=2)
            for run in (base, variant)
        )
        rows = [(*subject, measure, period, start) for subject in subjects for measure in measures for start in starts]
        values = _differences(one, other, measures)
        if name == "sla" and "attainment" in measures:
            for column, ratios in _attainments(base, variant, period, subjects).items():
                values[column][:, measures.index("attainment")] = ratios
        frame = pd.DataFrame(rows, columns=[*KEYS[name], "measure", "period", "start"])
        frames.append(frame.assign(**{column: figures.ravel() for column, figures in values.items()}))
    return pd.concat(frames, ignore_index=True)


def _differences(one: Array, other: Array, measures: Sequence[str]) -> dict[str, Array]:
    """Return columns of means and their differences, from values by [replication, subject, measure, window]."""
    gap = paired(one, other, shares=np.array([measure in SHARES for measure in measures])[:, None])
    return {"base": spread(one).mean, "variant": spread(other).mean, **_columns(gap)}


def _attainments(base: Run, variant: Run, period: str, subjects: Sequence[Subject]) -> dict[str, Array]:
    """Return the same columns for attainment: ratios of sums and their differences."""
    before, after = (
        (_rows(run, "sla", period, subjects, "on_time"), _rows(run, "sla", period, subjects, "counted"))
        for run in (base, variant)
    )
    gap = paired_ratios(before, after)
    return {"base": linear(*before).ratio, "variant": linear(*after).ratio, **_columns(gap)}


def _columns(gap: Paired) -> dict[str, Array]:
    return {"difference": gap.mean} | {
        column: getattr(gap, column) for column in ("ci_low", "ci_high", "higher", "lower")
    }


def either_payers(base: Run, variant: Run) -> list[tuple[str, ...]]:
    """Return who is paid in either run; without the row for all if a vendor has a price in only one of the runs."""
    paid = [run.layout.subjects["money"] for run in (base, variant)]
    either = list(dict.fromkeys([*paid[0], *paid[1]]))
    free = [vendor for own, run in zip(paid, (base, variant), strict=True) for vendor in run.layout.subjects["vendors"]
            if vendor in either and vendor not in own]  # fmt: skip
    return [subject for subject in either if subject != (ALL,)] + ([] if free else [(ALL,)])


def _rows(run: Run, name: str, period: str, subjects: Sequence[Subject], measure: str) -> Array:
    """Return [replication, subject, window] of a measure.

    Nothing is paid to a vendor that is not in the run; what a vendor without a price costs is unknown.
    """
    known = run.figures.of(name, period, None, measure)
    values = np.empty((known.shape[0], len(subjects), known.shape[2]))
    for place, subject in enumerate(subjects):
        if subject in run.layout.subjects[name]:
            values[:, place] = run.figures.of(name, period, subject, measure)
        else:
            values[:, place] = np.nan if subject in run.layout.subjects["vendors"] else 0.0
    return values


def miss_table(base: Run, variant: Run) -> pd.DataFrame:
    """Return for each SLA of both runs how likely it is that any whole window is missed, and the worst window.

    Columns: queue, vendor, sla, per, base, variant (chances), difference with ci_low and ci_high (95%), worst (start of
    the window that the variant misses most often; empty if it misses none), worst_miss (its chance).
    """
    names = ["queue", "vendor", "sla", "per", "base", "variant", "difference", "ci_low", "ci_high", "worst"]
    return pd.DataFrame(list(_missed(base, variant)), columns=[*names, "worst_miss"])


def _missed(base: Run, variant: Run) -> Iterator[dict[str, object]]:
    for subject in _common("sla", base, variant):
        queue, vendor, sla = subject
        per = base.periods[queue, sla]
        whole = np.flatnonzero(base.layout.windows[per].whole)
        one, other = (run.figures.of("sla", per, subject, "attainment")[:, whole] for run in (base, variant))
        before, after = missed(one, base.targets[subject]), missed(other, variant.targets[subject])
        difference, low, high = paired_chances(before, after)
        by_window = (other < variant.targets[subject]).mean(axis=0)
        worst = int(by_window.argmax()) if by_window.max(initial=0.0) > 0 else None
        starts = base.layout.windows[per].labels
        yield {
            "queue": queue,
            "vendor": vendor,
            "sla": sla,
            "per": per,
            "base": float(spread(before).mean),
            "variant": float(spread(after).mean),
            "difference": difference,
            "ci_low": low,
            "ci_high": high,
            "worst": "" if worst is None else starts[whole[worst]],
            "worst_miss": np.nan if worst is None else float(by_window[worst]),
        }


def _common(name: str, base: Run, variant: Run) -> list[tuple[str, ...]]:
    return [subject for subject in base.layout.subjects[name] if subject in variant.layout.subjects[name]]
