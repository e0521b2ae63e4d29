"""A base and its variants on the same draws: what differs in SLAs and in what vendors and teams do, paired.

Each scenario is a run of its own, kept in the folder, so that a comparison goes on where it was interrupted.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.pairs import missed, paired, paired_chances
from simcap.errors import RunError, ScenarioError
from simcap.experiment.results import CSV_FORMAT, Results
from simcap.experiment.run import PERIODS, Progress, run_scenario
from simcap.scenario.differences import differences
from simcap.scenario.loading import ScenarioFile

PAIRED_COLUMNS = ("difference", "ci_low", "ci_high", "higher", "lower")
MARKER = "comparison.json"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What a comparison found; the base is the first of the results."""

    results: tuple[Results, ...]
    words: tuple[tuple[str, ...], ...]
    """By variant: what its scenario has otherwise than the base."""
    slas: pd.DataFrame
    """variant, queue, vendor, sla, period, start, base, variant's attainment, difference with interval, shares."""
    misses: pd.DataFrame
    """variant, queue, vendor, sla: chance that any window is missed, before and after, with the paired interval."""
    figures: pd.DataFrame
    """variant, table (vendors, teams), vendor, team, measure, period, start: base, value, difference with interval."""

    @property
    def base(self) -> Results:
        """Return the results that the others are held against."""
        return self.results[0]


def compare(
    files: Sequence[ScenarioFile],
    out: Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Comparison:
    """Run a base and its variants on the base's seed, and put runs and differences into a folder.

    Raises `ScenarioError` where they cannot be compared, `RunError` where `out` cannot be used, `Interrupted` on
    Ctrl-C: finished replications are kept.
    """
    check_comparable(files)
    _claim(out)
    base = files[0].scenario
    count = replications or base.simulation.replications
    period = max((sla.per for file in files for queue in file.scenario.queues.values() for sla in queue.sla.values()),
                 key=PERIODS.index, default="week")  # fmt: skip
    found = [
        run_scenario(
            file,
            out / "runs" / folder_of(file),
            replications=count,
            seed=base.simulation.seed if seed is None else seed,
            period=period,
            jobs=jobs,
            force=force,
            progress=_part_of(progress, place, len(files)),
        )
        for place, file in enumerate(files)
    ]
    result = Comparison(
        tuple(found),
        tuple(tuple(differences(files[0].document, file.document)) for file in files[1:]),
        _slas(found),
        _misses(found),
        _figures(found),
    )
    _write(result, out)
    return result


def _part_of(progress: Progress, place: int, runs: int) -> Progress:
    """Return what tells the progress of one of several runs as a part of all."""
    return lambda done, count: progress(place * count + done, runs * count)


def check_comparable(files: Sequence[ScenarioFile]) -> None:
    """Raise `ScenarioError`, with everything that is in the way, unless scenarios can be held against each other."""
    base = files[0].scenario
    problems = []
    for file in files[1:]:
        other = file.scenario
        for what in ("start", "day_count", "timezone", "warm_up"):
            one, two = (getattr(scenario.horizon, what) for scenario in (base, other))
            if one != two:
                name = "length in days" if what == "day_count" else what
                problems.append(
                    f"{other.name}: horizon: {name} is {two}, that of {base.name} is {one}; "
                    "the same draws need the same days: give both the same horizon"
                )
    names = [folder_of(file) for file in files]
    problems += [
        f"{name}: two scenarios are called so; give each a name of its own"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ScenarioError("\n".join(problems))


def folder_of(file: ScenarioFile) -> str:
    """Return the name of a scenario's folder."""
    return file.scenario.name.lower().replace(" ", "-")


def _claim(out: Path) -> None:
    """Mark the folder as a comparison's. Raises `RunError` if it holds something else."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARKER).exists())):
        raise RunError(f"{out}: holds something else than a comparison; it is left alone, give another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER).touch()


def _slas(found: Sequence[Results]) -> pd.DataFrame:
    return _table(found, ("sla",), ("horizon", "month", "week"), ("queue", "vendor", "sla"), measures=1)


def _figures(found: Sequence[Results]) -> pd.DataFrame:
    return _table(found, ("vendors", "teams"), ("horizon", "month"), ("vendor", "team"))


def _table(
    found: Sequence[Results],
    tables: tuple[str, ...],
    periods: tuple[str, ...],
    keys: tuple[str, ...],
    measures: int | None = None,
) -> pd.DataFrame:
    """Return the paired differences of all subjects that the base and a variant both have."""
    base, *variants = found
    frames = []
    for variant in variants:
        for table in tables:
            common = [subject for subject in base.layout.subjects[table] if subject in variant.layout.subjects[table]]
            names = base.layout.measures[table][:measures]
            for period in periods:
                windows = base.layout.windows[period]
                one, other = (
                    result.figures[table, period][:, [result.layout.subjects[table].index(s) for s in common]]
                    for result in (base, variant)
                )
                one, other = one[:, :, : len(names)], other[:, :, : len(names)]
                rows = [
                    (variant.scenario.name, table, *(*subject, "")[: len(keys)], name, period, str(start), whole)
                    for subject in common
                    for name in names
                    for start, whole in zip(windows.starts, windows.whole, strict=True)
                ]
                frame = pd.DataFrame(rows, columns=["scenario", "table", *keys, "measure", "period", "start", "whole"])
                gap = paired(one, other)
                frames.append(
                    frame.assign(
                        base=_mean(one), variant=_mean(other),
                        difference=gap.mean.ravel(), ci_low=gap.ci_low.ravel(), ci_high=gap.ci_high.ravel(),
                        higher=gap.higher.ravel(), lower=gap.lower.ravel(),
                    )
                )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _mean(figures: Any) -> Any:
    exists = ~np.isnan(figures)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (np.where(exists, figures, 0.0).sum(axis=0) / exists.sum(axis=0)).ravel()


def _misses(found: Sequence[Results]) -> pd.DataFrame:
    return pd.DataFrame([row for variant in found[1:] for row in _missed(found[0], variant)])


def _missed(base: Results, variant: Results) -> Iterator[dict[str, object]]:
    """Yield for each SLA of both how likely any whole window is missed, and the window that gets worst."""
    for subject in base.layout.subjects["sla"]:
        if subject not in variant.layout.subjects["sla"]:
            continue
        queue, vendor, name = subject
        per = base.scenario.queues[queue].sla[name].per
        windows = base.layout.windows[per]
        whole = np.flatnonzero(windows.whole)
        missing = []
        for result in (base, variant):
            place = result.layout.subjects["sla"].index(subject)
            target = result.scenario.queues[queue].sla[name].target
            attainment = result.figures["sla", per][:, place, 0][:, whole]
            missing.append((missed(attainment, target), (attainment < target).mean(axis=0)))
        (one, _), (other, by_window) = missing
        difference, low, high = paired_chances(one, other)
        row: dict[str, object] = {
            "scenario": variant.scenario.name, "queue": queue, "vendor": vendor, "sla": name, "per": per,
            "base": float(_mean(one[:, None])[0]), "variant": float(_mean(other[:, None])[0]),
            "difference": difference, "ci_low": low, "ci_high": high,
        }  # fmt: skip
        worst = int(by_window.argmax()) if whole.size and by_window.max() > 0 else None
        yield row | {
            "worst": "" if worst is None else str(windows.starts[int(whole[worst])].date()),
            "worst_miss": float("nan") if worst is None else float(by_window[worst]),
        }


def _write(result: Comparison, out: Path) -> None:
    (out / "tables").mkdir(exist_ok=True)
    for name in ("slas", "misses", "figures"):
        table: pd.DataFrame = getattr(result, name)
        path = out / "tables" / f"{name}.csv"
        part = path.with_name(f".{path.name}.part")
        table.to_csv(part, index=False, float_format=CSV_FORMAT, lineterminator="\n")
        part.replace(path)
    document = {
        "base": result.base.scenario.name,
        "replications": result.base.replications,
        "differs": {
            other.scenario.name: list(words) for other, words in zip(result.results[1:], result.words, strict=True)
        },
    }
    (out / MARKER).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
