"""A base and its variants on the same draws: what differs in SLAs and in what vendors and teams do, paired.

Each scenario is a run of its own, kept in the folder, so that a comparison goes on where it was interrupted.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.comparison import miss_table, paired_table, run_of
from simcap.analysis.levels import with_level
from simcap.errors import Interrupted, ScenarioError
from simcap.experiment.batch import Plan
from simcap.experiment.explain import explained
from simcap.experiment.folders import ResultFolder
from simcap.experiment.manifest import manifest_of
from simcap.experiment.results import Results
from simcap.experiment.run import PERIODS, Progress, finest, periods_down_to, run_scenario
from simcap.experiment.store import held, is_edited
from simcap.experiment.without_effect import without_effect
from simcap.scenario.reading.differences import differences
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.scenario import Scenario

MOST = 1000
"""Replications at most for the sake of precision."""
LEAST_MORE = 8
WORK = ("arrived", "completed", "expired", "open_at_end")
"""What becomes of the items of a queue."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What a comparison found; the base is the first of the results."""

    results: tuple[Results, ...]
    words: tuple[tuple[str, ...], ...]
    """By variant: what its scenario has otherwise than the base."""
    tables: dict[str, pd.DataFrame]
    """slas, misses, queues, vendors, teams: a row for each variant (`scenario`), subject, measure and window.

    `explained`, where it was asked for.
    """
    width: float
    """Half the widest interval of a difference over the horizon; infinite for a single replication."""
    precision: float | None = None
    """What was asked of it."""
    notes: tuple[tuple[str, ...], ...] = ()
    """By variant: what its run has to say beyond the base's, and changes of its contracts that have no effect."""
    held: tuple[int, ...] = ()
    """By result: of how many replications the folder held it before."""
    anew: tuple[str, ...] = ()
    """Variants that have changed since their run in the folder, and were run again."""

    def __repr__(self) -> str:
        names = ", ".join(repr(result.scenario.name) for result in self.results[1:])
        rows = self.tables["slas"]
        rows = rows[(rows["period"] == "horizon") & (rows["vendor"] == "") & rows["difference"].notna()]
        if rows.empty:
            verdict = "no SLA that anything is due for in both"
        else:
            row = rows.iloc[int(rows["difference"].abs().argmax())]
            moved = f"{row['queue']} / {row['sla']} by {100 * row['difference']:+.1f} points"
            interval = f"[{100 * row['ci_low']:+.1f}, {100 * row['ci_high']:+.1f}]"
            verdict = f"most moved over the horizon: {moved} {interval} in {row['scenario']!r}"
        base = self.base
        return f"Comparison({base.scenario.name!r} with {names}, {base.replications} replications: {verdict})"

    def of(self, name: str) -> Results:
        """Return the results of a variant."""
        return next(result for result in self.results[1:] if result.scenario.name == name)

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
    precision: float | None = None,
    explain: bool = False,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress = lambda _done, _all: None,
    finish: Callable[[Comparison, Path], None] = lambda _comparison, _folder: None,
) -> Comparison:
    """Run a base and its variants on the base's seed, and put runs and differences into a folder.

    With a `precision` replications are added until no interval of a difference over the horizon is wider to either
    side, as a share of attainment and of the base's net cost, or until there are `MOST`. (The intervals keep their
    coverage under such a rule as precision grows: Chow & Robbins 1965.) With `explain` every difference between the
    files is applied alone, too. `finish` adds to the results before they are moved into place (charts).

    A variant that has changed since its run in the folder is run anew, so long as the base has not.

    Raises `ScenarioError` where they cannot be compared, `RunError` where `out` cannot be used, `Interrupted` on
    Ctrl-C: finished replications are kept.
    """
    check_comparable(files)
    folder = ResultFolder(out, "comparison.json", "a comparison")
    folder.claim()
    base = files[0].scenario
    count = replications or base.simulation.replications
    if precision is not None:
        count = max(count, 2)
    chosen = base.simulation.seed if seed is None else seed
    there = () if force else _held(files, out, chosen)
    count = max(count, *there, 0)
    edited = [] if force else _edited(files, out, chosen, there)
    anew = list(files) if force else edited
    while True:
        found = _runs(files, out, count, chosen, jobs, progress, anew=anew)
        tables = compared(found)
        width = float(np.nanmax([*widest(tables), 0.0])) if count > 1 else math.inf
        if precision is None or width <= precision or count >= MOST:
            break
        count, anew = _next(count, width / precision), []
    if explain:
        tables["explained"] = _explained(files, found, Plan(chosen, range(count), jobs=jobs), progress)
    words = tuple(
        tuple(differences(files[0].document_from(files[0].folder), file.document_from(files[0].folder)))
        for file in files[1:]
    )
    notes = tuple(
        (*(note for note in other.notes if note not in found[0].notes), *without_effect(found[0], other))
        for other in found[1:]
    )
    again = tuple(file.scenario.name for file in edited)
    result = Comparison(tuple(found), words, tables, width, precision, notes, there, again)
    folder.write(result.tables, lambda inside: finish(result, inside))
    folder.mark(_document(result))
    return result


def _explained(files: Sequence[ScenarioFile], found: Sequence[Results], plan: Plan, progress: Progress) -> pd.DataFrame:
    base, *variants = [run_of(result.scenario, result.figures) for result in found]
    try:
        parts = [
            explained((files[0], file), (base, run), plan, progress)
            for file, run in zip(files[1:], variants, strict=True)
        ]
    except KeyboardInterrupt:
        raise Interrupted("stopped while explaining; the runs themselves are kept") from None
    return _joined(parts)


def _held(files: Sequence[ScenarioFile], out: Path, seed: int) -> tuple[int, ...]:
    """Return of how many replications a folder holds each run already."""
    periods = periods_down_to(_finest(files))
    return tuple(held(out / "runs" / file.folder_name, manifest_of(file, seed, 0, periods)) for file in files)


def _edited(files: Sequence[ScenarioFile], out: Path, seed: int, there: Sequence[int]) -> list[ScenarioFile]:
    """Return the variants that have changed since their run in a folder that holds the base as it is."""
    periods = periods_down_to(_finest(files))
    return [
        file
        for file, count in zip(files[1:], there[1:], strict=True)
        if there[0] and not count and is_edited(out / "runs" / file.folder_name, manifest_of(file, seed, 0, periods))
    ]


def _finest(files: Sequence[ScenarioFile]) -> str:
    """Return the finest period that any of the scenarios is judged by."""
    return max((finest(file, "week") for file in files), key=PERIODS.index)


def _runs(
    files: Sequence[ScenarioFile],
    out: Path,
    count: int,
    seed: int,
    jobs: int | None,
    progress: Progress,
    *,
    anew: Sequence[ScenarioFile],
) -> list[Results]:
    period = _finest(files)
    return [
        run_scenario(
            file,
            out / "runs" / file.folder_name,
            replications=count,
            seed=seed,
            period=period,
            jobs=jobs,
            force=any(file is one for one in anew),
            progress=_part_of(progress, place, len(files)),
        )
        for place, file in enumerate(files)
    ]


def widest(tables: dict[str, pd.DataFrame]) -> tuple[float, float]:
    """Return half the widest interval of a difference over the horizon: of attainment, of net cost over the base's.

    NaN where nothing is known of it.
    """
    slas, vendors = (table[table["period"] == "horizon"] for table in (tables["slas"], tables["vendors"]))
    costs = vendors[(vendors["measure"] == "net_cost") & (vendors["base"] > 0)]
    return (
        float(((slas["ci_high"] - slas["ci_low"]) / 2).max()),
        float(((costs["ci_high"] - costs["ci_low"]) / 2 / costs["base"]).max()),
    )


def _next(count: int, ratio: float) -> int:
    """Return how many replications to try next: as many as the variance seen asks for, at most four times as many."""
    return min(max(math.ceil(1.05 * count * ratio**2), count + LEAST_MORE), 4 * count, MOST)


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
        problems += _windows(base, other)
    problems += _currencies(files)
    names = [file.folder_name for file in files]
    problems += [
        f"{name}: two scenarios have this name; give each its own, under `name:`"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ScenarioError("\n".join(problems))


def _windows(base: Scenario, other: Scenario) -> list[str]:
    """Return the SLAs of one name that are measured over different windows: these have no difference."""
    return [
        f"{other.name}: {name} / {label} is per {sla.per}, in {base.name} per {own.per}; "
        "give it the same windows or a name of its own"
        for name, queue in other.queues.items()
        for label, sla in queue.sla.items()
        if name in base.queues and (own := base.queues[name].sla.get(label)) is not None and own.per != sla.per
    ]


def _currencies(files: Sequence[ScenarioFile]) -> list[str]:
    """Return what is wrong with the contracts' currencies: costs in two of them have no difference."""
    known = {
        file.scenario.name: contract.currency
        for file in files
        for contract in (vendor.contract for vendor in file.scenario.vendors.values())
        if contract is not None
    }
    first, *others = known or [""]
    return [
        f"{name}: contracts are in {known[name]}, those of {first} in {known[first]}; give all in one currency"
        for name in others
        if known[name] != known[first]
    ]


def compared(found: Sequence[Results]) -> dict[str, pd.DataFrame]:
    """Return the tables of all variants, each row with the name of its scenario."""
    base = run_of(found[0].scenario, found[0].figures)
    parts: dict[str, list[pd.DataFrame]] = {"slas": [], "misses": [], "queues": [], "vendors": [], "teams": []}
    for result in found[1:]:
        variant = run_of(result.scenario, result.figures)
        tables = {"slas": paired_table("sla", base, variant, ("horizon", "month", "week"), ["attainment"])}
        tables["misses"] = miss_table(base, variant)
        tables["queues"] = paired_table("queues", base, variant, ("horizon", "month"), WORK)
        for name in ("vendors", "teams"):
            measures = base.layout.measures[name]
            tables[name] = paired_table(name, base, variant, ("horizon", "month"), measures)
        if found[0].layout.subjects["money"] and result.layout.subjects["money"]:
            costs = paired_table("money", base, variant, ("horizon", "month"), base.layout.measures["money"])
            tables["vendors"] = pd.concat([tables["vendors"], costs], ignore_index=True)
        for name, table in tables.items():
            table.insert(0, "scenario", result.scenario.name)
            parts[name].append(table)
    return {name: _joined(frames) for name, frames in parts.items()}


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return frames below one another; those without rows would blur what kind the columns are of."""
    filled = [frame for frame in frames if len(frame)]
    return with_level(pd.concat(filled or frames[:1], ignore_index=True))


def _document(result: Comparison) -> dict[str, Any]:
    return {
        "base": result.base.scenario.name,
        "replications": result.base.replications,
        "widest_interval": result.width if math.isfinite(result.width) else None,
        "differs": {
            other.scenario.name: list(words) for other, words in zip(result.results[1:], result.words, strict=True)
        },
        "notes": {
            other.scenario.name: list(notes) for other, notes in zip(result.results[1:], result.notes, strict=True)
        },
    }
