"""Claims that are given back: their share is found, their time is counted, and no scenario is told of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.fit import Estimate, Fit, document_of, of_queue
from simcap.calibration.fits.releases import at_cost, fit_releases, notes_of_releases, with_releases
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.origins import origins_of

SHARES = {"posts": 0.04, "appeals": 0.12}


def log(seed: int, size: int = 3000) -> pd.DataFrame:
    """Return items whose claims are given back with a fixed chance each, after 80 s on average."""
    generator = np.random.default_rng(seed)
    queue = np.where(generator.random(size) < 0.8, "posts", "appeals")
    share = np.array([SHARES[name] for name in queue])
    returned = generator.geometric(1 - share) - 1
    lost = generator.gamma(np.maximum(returned, 1e-9), 80.0)
    handle = generator.gamma(2.0, 150.0, size)
    day = generator.integers(0, 60, size)
    given = {"claims": returned + 1.0, "returned": returned.astype(float), "lost": np.where(returned > 0, lost, 0.0)}
    return pd.DataFrame({"queue": pd.Categorical(queue), "day": day, "handle": handle, **given})


def test_intervals_of_the_share_hold_the_truth() -> None:
    runs = 100
    inside = dict.fromkeys(SHARES, 0)
    lengths = 0
    for seed in range(runs):
        (fit,) = fit_releases(log(seed))
        for one, low, high in fit.intervals():
            if one.key == ("release_share",):
                inside[one.subject.name] += low < SHARES[one.subject.name] < high
            elif one.subject.name == "posts":
                lengths += low < 80.0 < high
    for share in (*(count / runs for count in inside.values()), lengths / runs):
        assert 0.84 < share < 0.97


def test_days_that_differ_by_more_than_chance_widen_the_interval() -> None:
    items = log(1)
    (even,) = fit_releases(items)
    often = items["day"] < 6
    clustered = items.assign(returned=items["returned"] + np.where(often, 2.0, 0.0))
    clustered = clustered.assign(claims=clustered["returned"] + 1)
    (uneven,) = fit_releases(clustered)
    chance = 1 / clustered.loc[clustered["queue"] == "posts", "returned"].sum() ** 0.5
    place = [one.subject.name for one in uneven.estimates].index("posts")
    assert uneven.standard_errors()[place] > 2 * chance
    assert even.standard_errors()[place] < 0.15


def test_items_cost_what_all_their_claims_took() -> None:
    items = log(2)
    means = items.groupby("queue", observed=True)["handle"].mean()
    fits = [
        Fit("handle time", (Estimate(of_queue(name), ("handle_time", "constant"), mean, "log", "s"),), np.eye(1), 9, {})
        for name, mean in means.items()
    ]
    counts = items["queue"].value_counts()
    work = sum(fit.estimates[0].value * counts[fit.subject.name] for fit in with_releases(fits, items))
    assert work == pytest.approx(items["handle"].sum() + items["lost"].sum())
    assert at_cost(items)["handle"].sum() == pytest.approx(work)
    said = {note.what: note for note in notes_of_releases(items)}
    posts = said["claims of posts that were given back"]
    assert posts.rows == items.loc[items["queue"] == "posts", "returned"].sum()
    assert "which the mean handle time has in it" in posts.examples


def test_a_log_of_items_says_nothing_of_claims() -> None:
    items = log(3).drop(columns=["claims", "returned", "lost"])
    assert fit_releases(items) == []
    assert not list(notes_of_releases(items))
    assert at_cost(items) is items


HEAD = "title: t\ntimezone: UTC\nfrom: 2026-07-06\nto: 2026-08-02\n"
EVENTS = """\
case,queue,what,at,who
1,posts,created,2026-07-06 09:00,
1,posts,assigned,2026-07-06 09:10,ann
1,posts,released,2026-07-06 09:12,ann
1,posts,assigned,2026-07-06 09:30,bob
1,posts,released,2026-07-06 09:31,bob
1,posts,assigned,2026-07-06 09:40,ann
1,posts,decided,2026-07-06 09:50,ann
2,posts,created,2026-07-06 10:00,
2,posts,assigned,2026-07-06 10:10,bob
2,posts,decided,2026-07-06 10:15,bob
3,posts,created,2026-07-06 16:00,
3,posts,assigned,2026-07-06 17:00,bob
3,posts,released,2026-07-07 09:00,bob
"""
CLAIMS = """\
item,queue,created,started,completed,agent,outcome
1,posts,2026-07-06 09:00,2026-07-06 09:10,2026-07-06 09:12,ann,back
1,posts,2026-07-06 09:00,2026-07-06 09:30,2026-07-06 09:31,bob,back
1,posts,2026-07-06 09:00,2026-07-06 09:40,2026-07-06 09:50,ann,done
2,posts,2026-07-06 10:00,2026-07-06 10:10,2026-07-06 10:15,bob,done
3,posts,2026-07-06 16:00,2026-07-06 17:00,2026-07-07 09:00,bob,back
"""
WORDS = "events: {created: created, started: assigned, returned: released, completed: decided}"
SHAPES = {
    "events": (EVENTS, f"columns: {{item: case, event: what, time: at, agent: who}}, {WORDS}"),
    "claims": (CLAIMS, "columns: {item: item, returned: {column: outcome, is: back}}"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_events_and_claims_say_the_same_of_what_was_given_back(tmp_path: Path, shape: str) -> None:
    """A claim that was kept overnight counts with the time that shows an agent to be there: four hours."""
    text, columns = SHAPES[shape]
    (tmp_path / "log.csv").write_text(text)
    (tmp_path / "calibration.yaml").write_text(f"{HEAD}items: {{path: log.csv, rows: {shape}, {columns}}}\n")
    configuration = read_configuration(tmp_path / "calibration.yaml")
    items = read_history(configuration, tmp_path).items.set_index("item")
    assert items["claims"].to_dict() == {"1": 3, "2": 1, "3": 1}
    assert items["returned"].to_dict() == {"1": 2, "2": 0, "3": 1}
    assert items["lost"].to_dict() == {"1": 180, "2": 0, "3": 4 * 3600}
    assert items["handle"].dropna().to_dict() == {"1": 600, "2": 300}
    (fit,) = fit_releases(items)
    assert fit.value("release_share") == pytest.approx(3 / 5)
    assert set(document_of([fit])) == {"draws"}
    assert document_of([fit])["draws"] == []
    assert origins_of(configuration, [fit]) == []
