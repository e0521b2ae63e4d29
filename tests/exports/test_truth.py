"""All that an export is said to identify, fitted, against the truth of the world within three standard errors.

Handle times at full speed, ramp, attrition, absence, offline time, patience, allocation, accuracy and claims given
back; level and growth of volumes as well. What is not within is in `OUT`, each with its cause.
"""

from __future__ import annotations

import functools
import json
import math
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.fits.fit import Fit

from .test_reading import block
from .written import ATTENDANCE, EXPORTS, HEAD, ITEMS, QUALITY, ROSTERS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

QUICK = {
    "02-us-ampm",
    "05-minutes-no-ids",
    "09-tickets-no-pickup",
    "15-utf16-tsv",
    "24a-roster-dmy",
    "26-schedule-grid",
}
"""Exports that are calibrated from day to day; the others are slow."""
OUT: dict[tuple[str, str], str] = {}
"""What is out of tolerance, with its cause."""


def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXPORTS / "expected.json").read_text()) if EXPORTS.exists() else {}
    return found


@functools.cache
def calibrated(export: str) -> Calibration:
    """Calibrate an export with what a person would write of it, all its files together."""
    text = HEAD.replace("\nfrom: 2026-07-06", "\nholidays: GB-ENG\nfrom: 2026-07-06")
    text = text.replace("from: 2026-07-06", f"from: {FIRST.get(export, '2026-07-06')}")
    zone = "timezone: Europe/London\n"
    for key, of in (("items", ITEMS), ("roster", ROSTERS), ("attendance", ATTENDANCE), ("quality", QUALITY)):
        if export in of:
            written = textwrap.dedent(of[export])
            text += block(key, written, zone if key == "items" else "")
    if export == "26-schedule-grid":
        text = text.replace("{path: rota.xlsx,", "{path: rota.xlsx, vendor: kestrel,")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "calibration.yaml")
        for name in (EXPORTS / export).iterdir():
            Path(folder, name.name).symlink_to(name)
        path.write_text(text, encoding="utf-8")
        return calibrate(path, allow_outside=True)


FIRST = {"16-two-vendors": "2026-08-10", "13-names-mapping": "2026-08-03"}
"""First day of the exports that begin later."""


def fits(export: str, kind: str) -> list[Fit]:
    return [fit for fit in calibrated(export).fits if fit.kind == kind]


def told() -> Iterator[tuple[str, str]]:
    """Yield each export of items or people with each thing that is expected of it."""
    for export, entry in known().items():
        if export in {**ITEMS, **ROSTERS, **ATTENDANCE}:
            yield from ((export, what) for what in entry.get("expected", {}))
            if "quality_sampled" in entry.get("realised_more", {}):
                yield export, "accuracy"


def cases() -> list[Any]:
    return [pytest.param(export, what, marks=() if export in QUICK else pytest.mark.slow) for export, what in told()]


@pytest.mark.parametrize(("export", "what"), cases())
def test_what_an_export_identifies_is_the_truth_of_the_world(export: str, what: str) -> None:
    off = [line for line in CHECKS[what](export, known()[export]["expected"].get(what)) if line]
    if (export, what) in OUT:
        assert off, f"is within by now: take it out of OUT ({OUT[export, what]})"
    else:
        assert not off, "; ".join(off)


def within(what: str, value: float, true: float, off: float) -> str:
    """Return a line if a value is further off than allowed."""
    return "" if abs(value - true) <= off else f"{what} {value:.4g}, not {true:.4g} ± {off:.4g}"


def volume(export: str, expected: dict[str, Any]) -> Iterator[str]:
    found = {fit.subject.name: fit for fit in fits(export, "volume")}
    for queue, named in expected.items():
        fit = found[queue]
        for key, name in (("per_week", "per_week_next"), ("growth", "growth")):
            yield within(f"{queue} {key}", fit.value("arrivals", key), *named[name])


def handle(export: str, expected: dict[str, list[float]]) -> Iterator[str]:
    from simcap.calibration.draft.facts import mean_of

    found = {fit.subject.name: mean_of(fit) for fit in fits(export, "handle time")}
    for queue, (true, off) in expected.items():
        yield within(f"{queue} mean", found[queue], true, off)


def shrinkage(name: str, export: str, expected: list[float]) -> Iterator[str]:
    """Hold the mean of the vendors' shares, by agents, against the truth."""
    parts = [
        (fit.value("shrinkage", name), fit.seen) for fit in fits(export, "shrinkage") if fit.has("shrinkage", name)
    ]
    assert parts
    yield within(name, sum(share * seen for share, seen in parts) / sum(seen for _, seen in parts), *expected)


def ramp(export: str, expected: dict[str, float]) -> Iterator[str]:
    """Hold the mean of the vendors' curves, by their precision, against the world's, and each within its own errors.

    The tolerance is that of all learners together; a vendor has half of them.
    """
    found = fits(export, "ramp")
    if not found:
        yield "no ramp"
        return
    keys = (("ramp", "start"), ("ramp", "after"))
    values = np.array([[fit.value(*key) for key in keys] for fit in found])
    scaled = np.column_stack([np.log(values[:, 0] / (1 - values[:, 0])), np.log(values[:, 1])])
    errors = np.array([fit.standard_errors()[:2] for fit in found])
    rate = -math.log(0.05 / (1 - expected["start"])) / expected["weeks_to_95"]
    true = (math.log(0.55 / 0.45), math.log(7 * 86400 * math.log((1 - expected["start"]) / 0.1) / rate))
    for fit, mine, error in zip(found, scaled, errors, strict=True):
        for name, value, other, three in zip(("start", "after"), mine, true, 3 * error, strict=True):
            yield within(f"{fit.subject.name} {name} on its scale", value, other, three)
    logit, log = (scaled / errors**2).sum(axis=0) / (1 / errors**2).sum(axis=0)
    start, after = 1 / (1 + math.exp(-logit)), math.exp(log) / (7 * 86400)
    yield within("start", start, expected["start"], expected["start_three_se"])
    weeks = math.log((1 - start) / 0.05) / math.log((1 - start) / 0.1) * after
    yield within("weeks to 95%", weeks, expected["weeks_to_95"], expected["weeks_three_se"])


def hazard(export: str, expected: dict[str, dict[str, float]]) -> Iterator[str]:
    """Hold the leavers that the fits give over all vendors, by tenure, against the truth of all."""
    from simcap.calibration.fits.few_leavers import YEAR

    found = fits(export, "attrition")
    assert found
    for name, early in (("early", True), ("tenured", False)):
        rates = [(_a_year(fit, 45.0 if early else 365.0, YEAR), fit.seen + 1) for fit in found]
        rate = sum(value * seen for value, seen in rates) / sum(seen for _, seen in rates)
        yield within(f"{name} leavers a year", rate, expected[name]["true_per_agent_year"], expected[name]["three_se"])


def _a_year(fit: Fit, day: float, year: float) -> float:
    """Return the hazard a year that a fit gives at a tenure in days."""
    if fit.has("attrition", "weibull"):
        shape, scale = fit.value("attrition", "weibull", "shape"), fit.value("attrition", "weibull", "scale") / 86400
        return shape / scale * (day / scale) ** (shape - 1) * year
    keys = [one.key for one in fit.estimates if one.key[:2] == ("attrition", "hazard")]
    chosen = next(key for key in keys if _covers(key[-1], day / 7))
    return 12 * fit.value(*chosen)


def _covers(name: str, weeks: float) -> bool:
    low, _, high = name.removesuffix(" weeks").partition("-")
    return name.endswith("+ weeks") or float(low) <= weeks < float(high)


def patience(export: str, expected: float) -> Iterator[str]:
    """Hold the mean against that of the world, within three errors of a mean of 1,382 who left."""
    (fit,) = (fit for fit in fits(export, "patience") if fit.subject.name == "images")
    key = next(one.key for one in fit.estimates if one.key[-1] in ("mean", "exponential", "scale"))
    yield within(f"{'.'.join(key)} in hours", fit.value(*key) / 3600, expected, 3 * expected / 1382**0.5)


def allocation(export: str, expected: list[float]) -> Iterator[str]:
    items = calibrated(export).history.items
    share = float((items.loc[items["queue"] == "listings", "vendor"] == "northstar").mean())
    yield within("share of northstar in the items", share, *expected)


def accuracy(export: str, _: None) -> Iterator[str]:
    """Hold the share of tenured agents' errors against 2%, within three errors of the sample that each fit rests on."""
    told = known()[export]["realised_more"]
    found = fits(export, "accuracy")
    history = calibrated(export).history
    assert history.quality is not None
    assert (len(history.quality), history.quality["wrong"].sum()) == (told["quality_sampled"], told["quality_wrong"])
    queues = {one.name for fit in found for one in fit.subjects}
    assert queues == set(history.items["queue"].unique())
    for fit in found:
        name, off = f"errors of the tenured on {fit.subject.name}", 3 * (0.02 / fit.seen) ** 0.5
        yield within(name, fit.value("errors", "tenured"), 0.02, off)


def releases(export: str, expected: float) -> Iterator[str]:
    """Hold each queue's share of claims given back against the world's, within three of its own errors.

    The share of all is exact from the rows; a claim that is given back takes a minute and a half on average.
    """
    more = known()[export]["realised_more"]
    (fit,) = fits(export, "releases")
    items = calibrated(export).history.items
    given_back = more.get("released", more.get("returned"))
    assert items["returned"].sum() == given_back
    assert fit.seen == more.get("claims", items["claims"].sum())
    for one, low, high in fit.intervals():
        value, true = (one.value, expected) if one.key == ("release_share",) else (one.value, 90.0)
        assert low < high
        yield within(one.path, value, true, 3 / 1.6449 * max(high - value, value - low))
        if one.key == ("release_share",):
            assert high - low < 0.02


CHECKS: dict[str, Any] = {
    "volume": volume,
    "handle_full_speed_s": handle,
    "absence": functools.partial(shrinkage, "absence"),
    "offline": functools.partial(shrinkage, "offline"),
    "ramp": ramp,
    "hazard": hazard,
    "patience_h": patience,
    "listings_share_northstar": allocation,
    "accuracy": accuracy,
    "release_share": releases,
}
