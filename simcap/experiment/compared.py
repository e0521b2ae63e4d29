"""The tables of a comparison: each variant's paired differences from the base."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from simcap.analysis.comparison import Run, miss_table, paired_table, run_of
from simcap.analysis.levels import with_level
from simcap.analysis.paired_precision import paired_precision_table
from simcap.experiment.results import Results

WORK = ("arrived", "completed", "expired", "open_at_end")
"""What becomes of the items of a queue."""


def compared(results: Sequence[Results]) -> dict[str, pd.DataFrame]:
    """Return the tables of all variants, each row with the name of its scenario."""
    base = run_of(results[0].scenario, results[0].figures)
    parts: dict[str, list[pd.DataFrame]] = {"slas": [], "misses": [], "queues": [], "vendors": [], "teams": []}
    for result in results[1:]:
        variant = run_of(result.scenario, result.figures)
        tables = {"slas": paired_table("sla", base, variant, ("horizon", "month", "week"), ["attainment"])}
        tables["misses"] = miss_table(base, variant)
        tables["queues"] = paired_table("queues", base, variant, ("horizon", "month"), WORK)
        for name in ("vendors", "teams"):
            measures = base.layout.measures[name]
            tables[name] = paired_table(name, base, variant, ("horizon", "month"), measures)
        if results[0].layout.subjects["money"] and result.layout.subjects["money"]:
            costs = paired_table("money", base, variant, ("horizon", "month"), base.layout.measures["money"])
            tables["vendors"] = pd.concat([tables["vendors"], costs], ignore_index=True)
        for name, table in tables.items():
            table.insert(0, "scenario", result.scenario.name)
            parts[name].append(table)
    return {name: joined(frames) for name, frames in parts.items()}


def assisted(results: Sequence[Results], sketches: Sequence[Run]) -> pd.DataFrame:
    """Return the table `precision`: each variant's differences as sketches of all scenarios make them more precise."""
    pairs = [(many, run_of(one.scenario, one.figures)) for many, one in zip(sketches, results, strict=True)]
    frames = []
    for one, variant in zip(results[1:], pairs[1:], strict=True):
        frame = paired_precision_table(pairs[0], variant)
        frame.insert(0, "scenario", one.scenario.name)
        frames.append(frame)
    return joined(frames)


def joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return frames below one another, without empty ones, which would change the types of columns."""
    filled = [frame for frame in frames if len(frame)]
    return with_level(pd.concat(filled or frames[:1], ignore_index=True))


def widest(tables: dict[str, pd.DataFrame]) -> tuple[float, float]:
    """Return half the widest interval of a difference over the horizon: of attainment, and of net cost over the base's.

    Where sketches were taken, intervals are those of the table `precision`. NaN if there is none.
    """
    slas, vendors = (_over_horizon(tables[name]) for name in ("slas", "vendors"))
    costs = vendors[(vendors["measure"] == "net_cost") & (vendors["base"] > 0)]
    if "precision" in tables:
        ends = {"low": "ci_low", "high": "ci_high"}
        told = _over_horizon(tables["precision"]).rename(columns=ends)
        slas = told[told["measure"] == "attainment"]
        keys = ["scenario", "vendor"]
        costs = told[told["measure"] == "net_cost"].merge(costs[[*keys, "base"]], on=keys)
    return (
        float(((slas["ci_high"] - slas["ci_low"]) / 2).max()),
        float(((costs["ci_high"] - costs["ci_low"]) / 2 / costs["base"]).max()),
    )


def _over_horizon(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["period"] == "horizon"]
