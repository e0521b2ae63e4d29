"""Agents unlike each other: their effects come off handle times only where a spread puts them back."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.calibrate import calibrate
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.handling import fit_handle_times, shape_of
from simcap.calibration.fits.proficiency import fit_spread

SPREAD, CV = 0.7, 0.8
MEANS = {"mail": 100.0, "phone": 400.0}


def log_of(agents: int, *, apart: float, seed: int = 1) -> pd.DataFrame:
    """Return items whose agents differ; `apart` sends the slow ones to the phone: 0 nobody, 1 strictly."""
    generator = np.random.default_rng(seed)
    variance, within = math.log1p(SPREAD**2), math.log1p(CV**2)
    effect = generator.normal(variance / 2, math.sqrt(variance), agents)
    agent = generator.integers(agents, size=200 * agents)
    slow = effect[agent] > np.median(effect)
    phone = np.where(generator.random(agent.size) < apart, slow, generator.random(agent.size) < 0.5)
    queue = np.where(phone, "phone", "mail")
    content = np.array([MEANS[name] for name in queue]) * np.exp(
        generator.normal(-within / 2, math.sqrt(within), agent.size)
    )
    return pd.DataFrame(
        {
            "queue": pd.Categorical(queue),
            "agent": pd.Categorical([f"a{number}" for number in agent]),
            "day": generator.integers(60, size=agent.size),
            "handle": content * np.exp(effect[agent]),
        }
    )


def means(found: list) -> dict[str, tuple[float, float]]:  # type: ignore[type-arg]
    """Return the fitted mean and its standard error on the log scale, by queue."""
    told = {}
    for fit in found:
        assert isinstance(fit, Fit)
        shape = shape_of(fit)
        assert shape is not None
        told[fit.subject.name] = shape.mean, float(fit.standard_errors()[0])
    return told


@pytest.mark.parametrize("apart", [0.0, 0.9])
def test_content_does_not_depend_on_who_worked_it(apart: float) -> None:
    items = log_of(80, apart=apart)
    vendors = pd.Series("north", index=[f"a{number}" for number in range(80)])
    agents = fit_spread(items, vendors)
    (spread,) = (fit.estimates[0].value for fit in agents.fits if isinstance(fit, Fit))
    assert spread == pytest.approx(SPREAD, rel=0.3)
    told = means(fit_handle_times(agents.at_average_speed(items), agents.queues["unsure"]))
    for queue, (mean, error) in told.items():
        assert 0.03 < error < 0.15
        assert abs(math.log(mean / MEANS[queue])) < 3 * error, queue
    if apart:
        raw = items.groupby("queue", observed=True)["handle"].mean()
        assert raw["phone"] / raw["mail"] > 1.5 * MEANS["phone"] / MEANS["mail"], "the case tells nothing"


def test_few_agents_keep_their_handle_times() -> None:
    items = log_of(80, apart=0.0)
    vendors = pd.Series(["north"] * 76 + ["south"] * 4, index=[f"a{number}" for number in range(80)])
    agents = fit_spread(items, vendors)
    south = items["agent"].isin([f"a{number}" for number in range(76, 80)]).to_numpy()
    content = agents.at_average_speed(items)["handle"]
    np.testing.assert_allclose(content[south], items["handle"][south], rtol=1e-9)
    assert np.abs(np.log(content[~south] / items["handle"][~south])).mean() > 0.3
    assert [one.why for one in agents.fits if not isinstance(one, Fit)] == ["4 agents; 8 are needed"]


def configured(items: pd.DataFrame, folder: Path) -> Path:
    """Write a log of items without a roster, and the calibration file that names it."""
    before = items.groupby(["agent", "day"], observed=True)["handle"].cumsum() - items["handle"]
    begun = pd.Timestamp("2026-07-06") + pd.to_timedelta(items["day"] * 86400 + 36000 + before, unit="s")
    done = begun + pd.to_timedelta(items["handle"], unit="s")
    log = items[["queue", "agent", "handle"]].assign(created=begun, started=begun, completed=done)
    log.to_csv(folder / "items.csv", index=False)
    (folder / "calibration.yaml").write_text(
        "title: no roster\ntimezone: UTC\nfrom: 2026-07-06\nto: 2026-09-03\n"
        "items: {path: items.csv, columns: {handle: handle}}\n"
    )
    return folder / "calibration.yaml"


def test_without_a_roster_the_work_of_the_log_is_kept(tmp_path: Path) -> None:
    items = log_of(80, apart=0.9)
    found = calibrate(configured(items, tmp_path))
    told = means([fit for fit in found.fits if fit.kind == "handle time"])
    for queue, seen in items.groupby("queue", observed=True)["handle"].mean().items():
        assert told[str(queue)][0] == pytest.approx(seen, rel=0.03)
    assert not [note for note in found.odd if "mean of the handle times" in note.what]


def test_a_mean_that_no_family_has_is_told(tmp_path: Path) -> None:
    items = log_of(20, apart=0.0)
    three = np.select([items.index % 300 == 0, items.index % 2 == 0], [200.0, 0.02], 1.0)
    found = calibrate(configured(items.assign(handle=items["handle"] * three), tmp_path))
    odd = [note for note in found.odd if "mean of the handle times" in note.what]
    assert len(odd) == 2
    assert "fitted mean -" in odd[0].examples
    assert "are sessions left open among them?" in odd[0].examples
