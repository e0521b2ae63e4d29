"""Other hours on a pick-up desk: what they do is what they do to a desk that is drawn with them, without simcap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simcap
from simcap.calibration.backtest.backtest import backtest
from simcap.cli import main
from simcap.errors import ScenarioError
from tests.calibration.backtest.test_pickup_desk import DAYS, PLAN, _table, _written
from tests.calibration.pickup.simulated import HOUR, arrivals, picked_by_chance, steps

WITHIN = 4 * HOUR
DAY = 24 * HOUR


def truth(times: float) -> float:
    """Return the share of the last week's items that wait for at most four hours, of 40 desks at another pace in it."""
    pace = np.where(np.arange(DAYS) < DAYS - 7, 1.0, times)
    shares = []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        created = arrivals(DAYS, 40.0, generator)
        wait = picked_by_chance(created, DAYS, generator, pace) - created
        of_week = created >= steps(DAYS).begin + (DAYS - 7) * DAY
        shares.append(((wait <= WITHIN) & of_week).sum() / of_week.sum())
    return float(np.mean(shares))


@pytest.mark.parametrize("times", [0.5, 2.0])
def test_other_hours_do_what_they_do_to_a_desk(tmp_path: Path, times: float) -> None:
    """The true answer of this desk is -0.3: what its hours do lies between what they would with 0 and with -0.6."""
    found = backtest(_written(_table(), tmp_path), ("forecast",), hours=times, anchor=False).other_hours
    (week,) = found[(found["period"] == "week") & (found["queue"] == "claims")].to_dict("records")
    assert week["base"] == pytest.approx(truth(1.0), abs=0.05)
    gained = truth(times) - truth(1.0)
    assert abs(gained) > 0.1
    assert week["least"] < gained < week["most"]
    assert week["most"] - week["least"] < 0.15
    assert week["least"] <= week["difference"] <= week["most"]
    assert week["difference"] == pytest.approx(week["variant"] - week["base"])
    assert week["p05"] < week["variant"] < week["p95"]


def test_as_many_hours_change_nothing(tmp_path: Path) -> None:
    path = _written(_table(), tmp_path)
    found = simcap.backtest(path, mode="forecast", hours=1.0, anchor=False)
    assert (found.other_hours["difference"] == 0).all()
    plain = found.windows.set_index(["period", "start", "queue"])["mean"]
    told = found.other_hours.assign(start=found.other_hours["start"].astype(str))
    assert told["base"].to_numpy() == pytest.approx(plain.to_numpy())
    assert simcap.backtest(path, mode="forecast", anchor=False).other_hours.empty


def test_the_command_tells_what_is_attained_and_writes_every_window(tmp_path: Path) -> None:
    path = _written(_table(), tmp_path)
    words = ["backtest", str(path), "--mode", "forecast", "--no-charts", "--no-anchor", "--hours", "150%"]
    done = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "out" / "other_hours.csv", keep_default_na=False)
    assert set(table["times"]) == {1.5}
    (week,) = table[(table["period"] == "week") & (table["queue"] == "claims")].to_dict("records")
    told = f"{week['variant']:.1%} instead of {week['base']:.1%} ({100 * week['difference']:+.1f} points, "
    assert f"claims / 4 h: {told}" in done.output
    assert "With 150% of the effective hours an item, from each origin on:" in done.output


@pytest.mark.parametrize("hours", ["0", "many", "1001%"])
def test_hours_that_cannot_be_are_refused(tmp_path: Path, hours: str) -> None:
    done = CliRunner().invoke(main, ["backtest", str(_written(_table(), tmp_path)), "--hours", hours])
    assert done.exit_code == 2
    assert "write for example 120%, or 1.2" in " ".join(done.output.split())
    with pytest.raises(ValueError, match="is not above 0 and at most 10"):
        simcap.backtest(tmp_path / "calibration.yaml", hours=-1.0)


def test_a_floor_is_changed_in_a_scenario(tmp_path: Path) -> None:
    path = _written(_table(), tmp_path, PLAN.replace("desk: pick_up, ", ""))
    with pytest.raises(ScenarioError, match="--hours is for pick-up desks"):
        simcap.backtest(path, mode="replay", hours=1.2, anchor=False)
