"""Back-tests of desks that nobody here made: what simcap knows of weeks it has not seen, told in docs/validation.md.

The bounds are those of the figures on that page, with room for fewer replications; where a model is worse than the
forecast without one, the test holds that the page has to say so.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from simcap.calibration.backtest.backtest import Backtested, backtest
from simcap.calibration.backtest.pickup_settings import mean_error

from . import bank, review
from .published import PUBLISHED, ROOT, needs

SHIPPED = ROOT / "calibration" / "real"

DESK = PUBLISHED / "loandesk" / "items_2011_2012.csv.gz"


def run(name: str, folder: Path, replications: int, modes: tuple[str, ...], **changes: object) -> Backtested:
    """Run a shipped back-test with fewer replications."""
    return backtest(prepared(name, folder, replications, **changes), modes, anchor=False, jobs=2, allow_outside=True)  # type: ignore[arg-type]


def prepared(name: str, folder: Path, replications: int, **changes: object) -> Path:
    """Write a shipped calibration file with changes to its back-test into a folder; return its path."""
    yaml = YAML(typ="safe", pure=True)
    document = yaml.load(SHIPPED / f"{name}.yaml")
    document["backtest"] |= {"replications": replications, **changes}
    paths = document["items"]["path"]
    listed = [paths] if isinstance(paths, str) else paths
    document["items"]["path"] = [str((SHIPPED / path).resolve()) for path in listed]
    if name == "review-queue":
        review.items().to_csv(folder / "items.csv", index=False)
        document["items"]["path"] = "items.csv"
    with (folder / "calibration.yaml").open("w") as file:
        yaml.dump({key: _plain(value) for key, value in document.items()}, file)
    return folder / "calibration.yaml"


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def score(found: Backtested, mode: str, queue: str, sla: str, period: str) -> pd.Series:
    rows = found.scores
    keys = {"mode": mode, "queue": queue, "sla": sla, "period": period}
    (place,) = [n for n, row in rows.iterrows() if all(row[key] == value for key, value in keys.items())]
    return rows.loc[place]


@needs(bank.DATA)
def test_a_bank_is_replayed_better_than_it_repeats_itself(tmp_path: Path) -> None:
    found = run("bank-1999", tmp_path, 8, ("replay",))
    hour, day = (score(found, "replay", "", "20 s", period) for period in ("hour", "day"))
    assert hour["error"] < 0.8 * 0.188
    assert day["error"] < 0.7 * 0.103
    totals = found.totals[found.totals["mode"] == "replay"]
    left = [
        float((totals[name] * totals["items"]).sum() / totals["items"].sum())
        for name in ("left_undecided", "left_undecided_predicted")
    ]
    assert left[1] == pytest.approx(left[0], abs=0.025)


@needs(bank.DATA)
def test_the_bands_of_a_bank_hold_what_comes(tmp_path: Path) -> None:
    forecast = score(run("bank-1999", tmp_path, 24, ("forecast",)), "forecast", "", "20 s", "hour")
    assert 0.82 < forecast["coverage_90"] < 0.97
    assert forecast["error"] < 1.2 * forecast["error_same_hours"]


@needs(DESK)
@pytest.mark.slow
def test_a_loan_desk_is_replayed_better_than_it_repeats_itself(tmp_path: Path) -> None:
    found = run("loan-desk-2012", tmp_path, 20, ("replay", "forecast"), finest="week")
    assert found.model.name == "pick_up"
    assert mean_error(found.windows[found.windows["mode"] == "replay"]) < 0.048
    # The forecast is no better than the rule, whose error is 0.058.
    assert mean_error(found.windows[found.windows["mode"] == "forecast"]) < 0.068


@needs(review.DATA)
@pytest.mark.slow
def test_a_review_queue_is_replayed_better_than_it_repeats_itself(tmp_path: Path) -> None:
    found = run("review-queue", tmp_path, 12, ("replay", "forecast"), every=56)
    replay, forecast = (score(found, mode, "review", "72 h", "week") for mode in ("replay", "forecast"))
    assert replay["windows"] >= 50
    assert replay["error"] < 0.6 * replay["error_same_hours"]
    assert forecast["error"] < 1.6 * forecast["error_same_hours"]
