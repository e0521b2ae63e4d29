"""What `simcap run` measures against what queueing theory knows, system by system.

Each scenario file beside this one is run as a user would run it, and its figures are read from the tables that a user
would read. A figure agrees when the known value is within four standard errors of the mean over replications *and*
the standard error is at most 2% of the known value: a loose sample must not pass for a good one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy import stats

from simcap.scenario.schema.scenario import Scenario
from tests.theory.at_once import AtOnceQueue
from tests.theory.infinite_server import SinusoidalDemand
from tests.theory.transient import day_from_empty

HERE = Path(__file__).parent
MOST_STANDARD_ERRORS = 4.0
WIDEST_STANDARD_ERROR = 0.02
T0 = 3.0
"""Seconds that stand for one hour in the scenarios of priorities: 0.2, 0.6 and 1.2 arrivals, 3 served."""


@dataclass(frozen=True)
class Estimate:
    """A mean over replications and its standard error."""

    mean: float
    error: float

    @classmethod
    def of(cls, samples: NDArray[np.float64]) -> Estimate:
        return cls(float(samples.mean()), float(samples.std(ddof=1) / math.sqrt(len(samples))))

    @classmethod
    def of_interval(cls, mean: float, low: float, high: float, replications: int) -> Estimate:
        return cls(mean, (high - low) / (2 * float(stats.t.ppf(0.975, replications - 1))))


def disagreement(estimate: Estimate, known: float) -> str | None:
    """Say why an estimate does not agree with a known value; nothing if it does."""
    off = (estimate.mean - known) / estimate.error if estimate.error > 0 else math.nan
    wide = estimate.error / abs(known)
    if not abs(off) < MOST_STANDARD_ERRORS:
        return f"{estimate.mean:.6g} is {off:+.1f} standard errors from {known:.6g} ({estimate.mean / known - 1:+.2%})"
    if not wide <= WIDEST_STANDARD_ERROR:
        return f"{estimate.mean:.6g} has a standard error of {wide:.1%} of {known:.6g}: the sample is too small"
    return None


class Run:
    """The tables of a finished run."""

    def __init__(self, folder: Path) -> None:
        self._tables = folder / "tables"
        self._replications = pd.read_parquet(folder / "replications.parquet")

    def reported(self, table: str, measure: str, **keys: str) -> Estimate:
        """Return a figure of a long table over the whole horizon, as it is reported."""
        return self._cell(table, "mean", {"measure": measure, **keys})

    def attainment(self, sla: str) -> Estimate:
        """Return the attainment of an SLA of the whole queue over the whole horizon."""
        return self._cell("sla", "attainment", {"sla": sla, "vendor": ""})

    def samples(self, table: str, measure: str) -> NDArray[np.float64]:
        """Return a measure over the whole horizon, one value for each replication."""
        rows = self._rows(table, measure, "horizon").sort_values("replication")
        assert rows["replication"].is_unique, f"{table}: {measure} has several rows for a replication"
        return rows["value"].to_numpy(dtype=np.float64)

    def by_hour(self, table: str, measure: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the hour of the day of each hour's start, and a measure: a row for each replication."""
        rows = self._rows(table, measure, "hour")
        grid = rows.pivot_table(index="replication", columns="start", values="value", aggfunc="sum")
        assert grid.size == len(rows), f"{table}: {measure} has several rows for an hour of a replication"
        starts = pd.to_datetime(pd.Series(grid.columns))
        return np.asarray(starts.dt.hour, dtype=np.int64), np.asarray(grid, dtype=np.float64)

    def _rows(self, table: str, measure: str, period: str) -> pd.DataFrame:
        every = self._replications
        rows = every[(every["table"] == table) & (every["measure"] == measure) & (every["period"] == period)]
        assert len(rows), f"replications.parquet has no {period} of {measure} for {table}"
        return rows

    def _cell(self, table: str, value: str, keys: dict[str, str]) -> Estimate:
        rows = pd.read_csv(self._tables / f"{table}.csv", dtype=dict.fromkeys(keys, str), keep_default_na=False)
        for column, wanted in {"period": "horizon", **keys}.items():
            rows = rows[rows[column] == wanted]
        assert len(rows) == 1, f"{table}.csv has {len(rows)} rows for {keys}"
        row = rows.iloc[0]
        mean, low, high = (float(row[column]) for column in (value, "ci_low", "ci_high"))
        return Estimate.of_interval(mean, low, high, self._replications["replication"].nunique())


Figure = Callable[[Run], Estimate]


def queue(measure: str, of: str = "calls") -> Figure:
    return lambda run: run.reported("queues", measure, queue=of)


def team(measure: str) -> Figure:
    return lambda run: run.reported("teams", measure, vendor="centre", team="floor")


def attained(sla: str) -> Figure:
    return lambda run: run.attainment(sla)


def abandoned_share(run: Run) -> Estimate:
    return Estimate.of(run.samples("queues", "expired") / run.samples("queues", "arrived"))


def abandoned_per_day(days: int) -> Figure:
    return lambda run: Estimate.of(run.samples("queues", "expired") / days)


def waited_or_gave_up_share(run: Run) -> Estimate:
    """P(wait) over all arrivals: those picked up who waited, and those who left the line."""
    arrived, expired = run.samples("queues", "arrived"), run.samples("queues", "expired")
    return Estimate.of((run.samples("queues", "delayed_share") * (arrived - expired) + expired) / arrived)


def mean_line(agents: int) -> Figure:
    """Items open at the ends of the hours, less those in hand."""

    def figure(run: Run) -> Estimate:
        _, open_items = run.by_hour("queues", "open_at_end")
        return Estimate.of(open_items.mean(axis=1) - agents * run.samples("teams", "occupancy"))

    return figure


def occupancy_until(hour: int) -> Figure:
    """Occupancy in the hours of each day that start before one of them."""

    def figure(run: Run) -> Estimate:
        starts, busy = run.by_hour("teams", "busy_hours")
        _, on_floor = run.by_hour("teams", "on_floor_hours")
        chosen = starts < hour
        return Estimate.of(busy[:, chosen].sum(axis=1) / on_floor[:, chosen].sum(axis=1))

    return figure


def in_system_after(quarters: int) -> Figure:
    """Items open at the end of the hours that end so many quarters into a period of four hours."""

    def figure(run: Run) -> Estimate:
        starts, open_items = run.by_hour("queues", "open_at_end")
        return Estimate.of(open_items[:, (starts + 1) % 4 == quarters].mean(axis=1))

    return figure


def dispersion(run: Run) -> Estimate:
    """Squared deviation of the items open from their known mean, divided by it: 1 if variance = mean."""
    starts, open_items = run.by_hour("queues", "open_at_end")
    known = np.array([4.0, 7.0, 6.0, 3.0])[(starts + 1) % 4]
    return Estimate.of(((open_items - known) ** 2 / known).mean(axis=1))


ERLANG_C = "Erlang 1917; R package ErlangC, pyworkforce"
MANDELBAUM = "Mandelbaum & Zeltyn 2007"
POLLACZEK = "Pollaczek 1930, Khinchine 1932"
COBHAM = "Cobham 1954"
EICK = "Eick, Massey & Whitt 1993"
FORWARD = "Kolmogorov forward equations; ContactCenters, doc/examples: MMC"
FORWARD_PATIENCE = "Kolmogorov forward equations; ContactCenters, doc/examples: MMCAb"
BIRTH_DEATH = "birth-death process with rates by state; Kleinrock 1975, 3.1"
CHAIN = "Markov chain of hands and line"

PERIODS = {
    "erlang_c_50_agents": "hour",
    "infinite_server_sine": "hour",
    "call_centre_day_by_hour": "hour",
}
"""The finest period that is asked for; a day for all others."""

KNOWN: dict[str, list[tuple[str, Figure, float, str]]] = {
    "erlang_c_14_agents": [
        ("share delayed", queue("delayed_share"), 0.174132, ERLANG_C),
        ("served within 20 s", attained("20 s"), 0.888350, ERLANG_C),
        ("mean wait, s", queue("wait_mean_s"), 7.835937, ERLANG_C),
        ("time in the line, s", queue("queue_time_mean_s"), 7.835937, ERLANG_C),
        ("occupancy", team("occupancy"), 0.714286, ERLANG_C),
    ],
    "erlang_c_50_agents": [
        ("share delayed", queue("delayed_share"), 0.694456, MANDELBAUM),
        ("mean wait, s", queue("wait_mean_s"), 20.833668, MANDELBAUM),
        ("mean line", mean_line(agents=50), 16.666935, MANDELBAUM),
        ("served within the 90th percentile", attained("90th percentile"), 0.9, MANDELBAUM),
        ("occupancy", team("occupancy"), 0.96, "identity"),
    ],
    "erlang_a_50_agents": [
        ("share abandoned", abandoned_share, 0.030912, MANDELBAUM),
        ("time in the line, s", queue("queue_time_mean_s"), 3.709470, MANDELBAUM),
        ("occupancy", team("occupancy"), 0.930324, MANDELBAUM),
        ("share delayed or abandoned", waited_or_gave_up_share, 0.467774, MANDELBAUM),
    ],
    "erlang_a_14_agents": [
        ("share delayed or abandoned", waited_or_gave_up_share, 0.145260, "Palm 1957; pyworkforce"),
        ("share abandoned", abandoned_share, 0.013984, "Palm 1957; pyworkforce"),
        ("occupancy", team("occupancy"), 0.704297, "Palm 1957; pyworkforce"),
    ],
    "erlang_a_overload": [
        ("share abandoned (fluid limit 1/6)", abandoned_share, 0.167693, "Palm 1957; fluid limit: Whitt 2004"),
        ("occupancy", team("occupancy"), 0.998768, "identity: 1.2 (1 - share abandoned)"),
    ],
    "single_server_exponential": [
        ("mean wait, s", queue("wait_mean_s"), 9.0, POLLACZEK),
        ("share delayed", queue("delayed_share"), 0.9, "identity"),
        ("occupancy", team("occupancy"), 0.9, "identity"),
    ],
    "single_server_constant": [
        ("mean wait, s", queue("wait_mean_s"), 4.5, POLLACZEK),
        ("occupancy", team("occupancy"), 0.9, "identity"),
    ],
    "single_server_erlang": [
        ("mean wait, s", queue("wait_mean_s"), 3.0, POLLACZEK),
        ("occupancy", team("occupancy"), 0.8, "identity"),
    ],
    "single_server_lognormal": [
        ("mean wait, s", queue("wait_mean_s"), 6.5, POLLACZEK),
        ("occupancy", team("occupancy"), 0.8, "identity"),
    ],
    "priorities_one_agent": [
        ("mean wait of urgent, s", queue("wait_mean_s", of="urgent"), T0 * 5 / 21, COBHAM),
        ("mean wait of normal, s", queue("wait_mean_s", of="normal"), T0 * 25 / 77, COBHAM),
        ("mean wait of low, s", queue("wait_mean_s", of="low"), T0 * 10 / 11, COBHAM),
    ],
    "priorities_two_agents": [
        ("mean wait of urgent, s", queue("wait_mean_s", of="urgent"), T0 * 5 / 174, COBHAM),
        ("mean wait of normal, s", queue("wait_mean_s", of="normal"), T0 * 25 / 754, COBHAM),
        ("mean wait of low, s", queue("wait_mean_s", of="low"), T0 * 5 / 104, COBHAM),
    ],
    "chats_one_agent": [
        ("mean wait, s", queue("wait_mean_s", of="chats"), 38.571429, BIRTH_DEATH),
        ("share delayed", queue("delayed_share", of="chats"), 0.642857, BIRTH_DEATH),
        ("occupancy", team("occupancy"), 0.908571, BIRTH_DEATH),
        ("mean turnaround, s", queue("turnaround_mean_s", of="chats"), 66.445714, BIRTH_DEATH),
    ],
    "chats_three_agents": [
        ("mean wait, s", queue("wait_mean_s", of="chats"), 7.864588, CHAIN),
        ("share delayed", queue("delayed_share", of="chats"), 0.393229, CHAIN),
        ("occupancy", team("occupancy"), 0.946081, CHAIN),
        ("mean turnaround, s", queue("turnaround_mean_s", of="chats"), 34.323150, CHAIN),
    ],
    "infinite_server_sine": [
        ("in the system at 0", in_system_after(0), 4.0, EICK),
        ("in the system at pi/2", in_system_after(1), 7.0, EICK),
        ("in the system at pi", in_system_after(2), 6.0, EICK),
        ("in the system at 3pi/2", in_system_after(3), 3.0, EICK),
        ("variance / mean", dispersion, 1.0, EICK),
    ],
    "call_centre_day": [
        ("answered within 20 s (simulated there: 0.902)", attained("20 s"), 0.900432, FORWARD),
        ("speed of answer, s (simulated there: 5.94)", queue("wait_mean_s"), 6.040844, FORWARD),
    ],
    "call_centre_day_by_hour": [
        ("occupancy in the eight hours (simulated there: 0.695)", occupancy_until(8), 0.696934, FORWARD),
    ],
    "call_centre_day_impatient": [
        ("abandoned a day (simulated there: 58.6)", abandoned_per_day(32), 59.263218, FORWARD_PATIENCE),
        ("speed of answer, s (simulated there: 1.44)", queue("wait_mean_s"), 1.429516, FORWARD_PATIENCE),
        ("picked up in 20 s, of all but who left before", attained("20 s"), 0.968189, FORWARD_PATIENCE),
        ("time in the line, s", queue("queue_time_mean_s"), 1.763786, FORWARD_PATIENCE),
    ],
}


def run_scenario(name: str, folder: Path) -> Run:
    from simcap.cli import main

    out = folder / "out"
    period = PERIODS.get(name, "day")
    arguments = ["run", str(HERE / f"{name}.yaml"), "--out", str(out), "--period", period, "--jobs", "1", "--no-charts"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, f"simcap {' '.join(arguments)}\n{result.output}\n{result.exception!r}"
    return Run(out)


def disagreements(name: str, run: Run, planted: float = 1.0) -> list[str]:
    """Return what does not agree; `planted` makes every known value wrong by a factor."""
    checked = (
        (what, disagreement(figure(run), planted * known), source) for what, figure, known, source in KNOWN[name]
    )
    return [f"{what}: {problem} [{source}]" for what, problem, source in checked if problem]


LONG = {"erlang_c_50_agents"}
"""Scenarios that take many seconds: Erlang C has smaller ones, too."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in KNOWN])
def test_simulation_agrees_with_theory(name: str, tmp_path: Path) -> None:
    problems = disagreements(name, run_scenario(name, tmp_path))
    assert not problems, "\n".join(problems)


def test_a_planted_error_of_5_percent_is_found_in_a_run(tmp_path: Path) -> None:
    run = run_scenario("erlang_a_overload", tmp_path)
    for planted in (0.95, 1.05):
        assert len(disagreements("erlang_a_overload", run, planted)) == len(KNOWN["erlang_a_overload"])


@pytest.mark.parametrize("known", [0.0309, 9.0, 0.96])
def test_the_checker_flags_a_value_that_is_5_percent_off(known: float) -> None:
    assert disagreement(Estimate(known, 0.012 * known), known) is None
    for off in (0.95, 1.05):
        assert "standard errors from" in str(disagreement(Estimate(off * known, 0.012 * known), known))


def test_the_checker_flags_a_sample_that_could_not_have_failed() -> None:
    assert "too small" in str(disagreement(Estimate(1.01, 0.021), 1.0))
    assert "standard errors" in str(disagreement(Estimate(1.0, 0.0), 1.0))
    assert "standard errors" in str(disagreement(Estimate(math.nan, 0.01), 1.0))


def test_the_standard_error_is_that_of_the_replications() -> None:
    samples = np.random.default_rng(7).normal(5, 1, size=20)
    expected = Estimate.of(samples)
    low, high = stats.t.interval(0.95, 19, loc=expected.mean, scale=expected.error)
    assert Estimate.of_interval(expected.mean, low, high, 20).error == pytest.approx(expected.error)


def load(path: Path) -> dict[str, object]:
    values: dict[str, object] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    parent = values.pop("extends", None)
    if parent is None:
        return values
    merged = load(path.parent / str(parent))
    for key, value in values.items():
        below = merged.get(key)
        merged[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def test_every_scenario_file_has_known_values() -> None:
    assert sorted(KNOWN) == sorted(path.stem for path in HERE.glob("*.yaml"))
    assert PERIODS.keys() <= KNOWN.keys()


@pytest.mark.parametrize("name", KNOWN)
def test_scenario_file_fits_the_schema(name: str) -> None:
    scenario = Scenario.model_validate(load(HERE / f"{name}.yaml"))
    assert scenario.simulation.replications >= 20
    slas = {sla for one in scenario.queues.values() for sla in one.sla}
    assert not slas or slas <= {"20 s", "90th percentile"}


def test_known_values_of_the_day_from_empty_are_those_of_the_theory() -> None:
    day = day_from_empty(rate=4.2 / 60, mean_handle=120, agents=12, length=28_800)
    impatient = day_from_empty(rate=4.2 / 60, mean_handle=120, agents=12, length=28_800, mean_patience=60)
    known = [value for name in KNOWN if name.startswith("call_centre") for _, _, value, _ in KNOWN[name]]
    computed = [day.attainment(20), day.mean_wait, day.occupancy, impatient.abandoned_share * 2016]
    computed += [impatient.mean_wait_served, impatient.attainment(20), impatient.mean_wait]
    assert known == pytest.approx(computed, abs=5e-7)


def test_known_values_of_chats_are_those_of_the_theory() -> None:
    pace = (1.0, 0.8, 0.6)
    for name, agents in (("chats_one_agent", 1), ("chats_three_agents", 3)):
        wait, delayed, busy, in_hand = AtOnceQueue(agents * 300 / 3600, 18.0, agents, pace, longest=600).figures()
        assert [known for _, _, known, _ in KNOWN[name]] == pytest.approx(
            [wait, delayed, busy, wait + in_hand], abs=5e-7
        )


def test_sine_file_holds_the_sinusoidal_rate() -> None:
    rows = pd.read_csv(HERE / "sine.csv", parse_dates=["start"])
    demand = SinusoidalDemand(base=5 * math.pi, amplitude=2.5 * math.pi, period=4, mean_handle=1 / math.pi)
    assert [demand.mean_in_system(hour) for hour in range(4)] == pytest.approx([4, 7, 6, 3])
    hours = (rows["start"] - rows["start"].iloc[0]).dt.total_seconds().to_numpy() / 3600
    expected = [demand.arrivals(hour, hour + 1 / 12) for hour in hours]
    assert rows["items"].to_numpy() == pytest.approx(expected, abs=1e-6)
    assert set(np.diff(hours).round(9)) == {round(1 / 12, 9)}
