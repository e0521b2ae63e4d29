"""A parameters file says where its values come from: files, observations, and what else they rest on."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np

from simcap.calibration.fits.fit import Estimate, Fit, Kind, of_queue, of_vendor
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.origins import SOURCES, origins_of

LOGS = Configuration.model_validate(
    {
        "title": "a quarter",
        "timezone": "UTC",
        "from": "2026-07-06",
        "to": "2026-10-04",
        "items": {"files": ["north.csv", {"path": "south_*.csv", "vendor": "south"}]},
        "roster": {"path": "people.xlsx"},
        "reports": {"path": "weekly.xlsx"},
    }
)
SURE = np.eye(2) * 0.01


def test_an_entry_covers_all_that_a_fit_gives_its_subject() -> None:
    mail = of_queue("mail")
    estimates = (
        Estimate(mail, ("arrivals", "per_week"), 700, "log"),
        Estimate(mail, ("arrivals", "growth"), 0.01, "plain"),
    )
    fit = Fit("volume", estimates, SURE, 9_100, {}, {("arrivals", "profile"): [1.0] * 24})
    assert origins_of(LOGS, [fit]) == [
        {
            "path": "queues.mail.arrivals",
            "origin": "fitted",
            "files": ["north.csv", "south_*.csv"],
            "observations": 9_100,
        }
    ]


def test_a_value_of_another_origin_has_an_entry_of_its_own() -> None:
    mail = of_queue("mail")
    estimates = (
        Estimate(mail, ("handle_time", "lognormal", "mean"), 60, "log", "s", "reported"),
        Estimate(mail, ("handle_time", "lognormal", "cv"), 0.9, "log", origin="prior"),
    )
    whole, cv = origins_of(LOGS, [Fit("handle time", estimates, SURE, 13, {}, prior="the field's usual cv")])
    assert (whole["path"], whole["files"]) == ("queues.mail.handle_time.lognormal", ["weekly.xlsx"])
    assert (cv["path"], cv["origin"]) == ("queues.mail.handle_time.lognormal.cv", "prior")
    assert "files" not in cv
    assert cv["note"] == "the field's usual cv"


def test_people_rest_on_the_roster_and_volumes_on_one_source() -> None:
    spread = Fit("spread", (Estimate(of_vendor("north"), ("spread",), 0.1, "log"),), SURE[:1, :1], 40, {})
    assert origins_of(LOGS, [spread])[0]["files"] == ["north.csv", "south_*.csv", "people.xlsx"]
    counts = Configuration.model_validate(
        LOGS.model_dump(by_alias=True, exclude_unset=True) | {"volumes": {"path": Path("v.csv").name, "queue": "mail"}}
    )
    volume = Fit("volume", (Estimate(of_queue("mail"), ("arrivals", "per_week"), 7, "log"),), SURE[:1, :1], 9, {})
    assert origins_of(counts, [volume])[0]["files"] == ["v.csv"]


def test_every_kind_of_fit_has_its_sources() -> None:
    assert set(SOURCES) == set(get_args(Kind))
