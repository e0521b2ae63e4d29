"""A real desk on its own calls: the simulated February of 1999 beside what the call log of the same weeks shows.

Nothing is tuned to February. The tests hold what must be true of the run; the difference itself is printed, and
told in docs/real-volumes.md.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.cli import main
from simcap.scenario.reading.loading import load

from . import bank
from .comparison import away_while_callers_waited, compared, logged, service_level_miss, simulated
from .published import needs

pytestmark = needs(bank.DATA)

REPLICATIONS = 5
DAYS = pd.date_range(bank.COMPARED[0], bank.COMPARED[1], inclusive="left")
BROKEN = pd.DatetimeIndex(["1999-02-03", "1999-02-21"])
"""Days on which the log lacks hours of calls that the volumes have."""
SPANS = {f"week of {day + 1} Feb": DAYS[day : day + 7] for day in range(0, 28, 7)}
SPANS |= {"four weeks": DAYS, "without 3 and 21 Feb": DAYS.difference(BROKEN)}
SECOND_HALF = ("1999-02-15", "1999-03-01")


def february() -> pd.DataFrame:
    return bank.between(bank.read_log("february"), "entered_queue", bank.COMPARED)


def test_shipped_handle_times_and_patience_are_those_of_january(tmp_path: Path) -> None:
    queues = load(bank.write_scenario(tmp_path), allow_outside=True).scenario.queues
    fits = bank.fit(bank.between(bank.read_log("january"), "entered_queue", bank.FITTED))
    assert set(queues) == set(fits)
    for name, fit in fits.items():
        handle_time, expires = queues[name].handle_time, queues[name].expires
        assert handle_time is not None
        assert handle_time.lognormal is not None
        assert expires is not None
        assert handle_time.lognormal.mean == pytest.approx(fit.mean, rel=0.005)
        assert handle_time.lognormal.cv == pytest.approx(fit.cv, rel=0.005)
        assert expires.after.exponential == pytest.approx(fit.patience, rel=0.005)


def test_thinned_counts_stay_below_all_calls_and_near_those_logged() -> None:
    given = bank.scenario_volumes().assign(start=lambda rows: pd.to_datetime(rows["start"]))
    every = bank.between(bank.read_volumes(), "start", bank.GIVEN).set_index("start")["calls"]
    assert (given.groupby("start")["items"].sum() <= every).all()
    whole = given[given["start"].dt.normalize().isin(SPANS["without 3 and 21 Feb"])]["items"].sum()
    log = february()["entered_queue"].dt.normalize()
    assert whole == pytest.approx(log.isin(SPANS["without 3 and 21 Feb"]).sum(), rel=0.05)


@pytest.mark.parametrize("seen", [False, True], ids=["positions", "seen on duty"])
def test_february_simulated_beside_february_logged(
    tmp_path: Path, seen: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, out = bank.write_scenario(tmp_path, seen=seen), tmp_path / "run"
    command = [
        "run",
        str(scenario),
        "--allow-outside",
        "-n",
        str(REPLICATIONS),
        "--period",
        "hour",
        "--no-charts",
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output

    by_day, log = simulated(out, "day"), february()
    given = bank.scenario_volumes().assign(start=lambda rows: pd.to_datetime(rows["start"]).dt.floor("D"))
    given = bank.between(given, "start", bank.COMPARED)
    for _, counts in by_day.groupby("replication"):
        pd.testing.assert_series_equal(
            counts["offered"].droplevel("replication"), given.groupby("start")["items"].sum(),
            check_names=False, check_dtype=False, check_freq=False, check_index_type=False,
        )  # fmt: skip

    table = compared(by_day, logged(log, "D"), SPANS)
    table.to_csv(tmp_path / "compared.csv", index=False, float_format="%.4f")
    half = bank.between(log, "entered_queue", SECOND_HALF)
    misses = {name: service_level_miss(simulated(out, name), logged(half, code)) for name, code in PERIODS.items()}
    with capsys.disabled():
        tell(table, misses, "agents seen on duty" if seen else "positions as published")
    assert len(table) == 4 * len(SPANS)
    assert table.notna().all(axis=None)
    values = table.set_index(["days", "figure"])["simulated"].unstack("figure")
    assert values["within 20 s"].between(0.3, 1.0).all()
    assert values["gave up"].between(0.0, 0.3).all()
    assert values["mean wait, s"].between(0.0, 120.0).all()


PERIODS = {"day": "D", "hour": "h"}


def tell(table: pd.DataFrame, misses: dict[str, float], staffing: str) -> None:
    """Print what was simulated, what was logged, and the difference."""
    wide = table.set_index(["figure", "days"])[["simulated", "logged", "difference"]]
    apart = ", ".join(f"by {name} {miss:.3f}" for name, miss in misses.items())
    print(f"\n{staffing}\n{wide.round(3).to_string()}\nMean miss of the share within 20 s, 15-28 Feb: {apart}")  # noqa: T201


def test_agents_seen_on_duty_were_often_away_while_callers_waited() -> None:
    """Why staffing by who is seen answers too fast: a third of those seen took no call while callers waited."""
    log = bank.read_log("january")
    assert 0.2 < away_while_callers_waited(log, bank.duty(log)) < 0.5
