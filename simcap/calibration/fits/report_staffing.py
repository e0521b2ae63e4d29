"""Shrinkage and attrition of vendors from reports: FTE planned and there, shares lost, people who left.

Absence is what is missing of the planned FTE; what else is lost of the paid hours is time offline. Leavers by
headcount, or by planned FTE where that is all, give one hazard; how it falls with tenure no such report tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_vendor, share_of
from simcap.calibration.fits.pooled_rates import pooled_rates
from simcap.calibration.history.reports import people
from simcap.calibration.history.roles import LENGTH
from simcap.units import DAY, MONTH

Array = NDArray[np.float64]

ENOUGH_WEEKS: Final = 6
"""Clusters from which an error is told; days where there are fewer weeks."""
_KEYS: Final = ["source", "start", LENGTH, "day", "vendor", "team", "site"]
_TOTAL: Final = "shrinkage in total"


def fit_reported_shrinkage(reports: pd.DataFrame, first: int) -> list[Fit | NotFitted]:
    """Fit each vendor's absence and offline share from FTE planned and actual, and from shrinkage."""
    found: list[Fit | NotFitted] = []
    if (reports["vendor"] != "").any():
        # Rows of all vendors together say nothing that theirs do not.
        reports = reports[reports["vendor"] != ""]
    absent = _absent(reports)
    for vendor, rows in absent.groupby("vendor"):
        found.append(_whose(str(vendor), "shrinkage.absence") or _absence(of_vendor(str(vendor)), rows, first))
    if "shrinkage" in reports:
        for vendor, rows in _lost(reports).groupby("vendor"):
            name = str(vendor)
            found.append(_whose(name, "shrinkage.offline") or _offline(of_vendor(name), rows, absent, first))
    return found


def _whose(vendor: str, what: str) -> NotFitted | None:
    """Return why rows without a vendor cannot be used."""
    if vendor:
        return None
    return NotFitted(f"vendors.*.{what}", "the report does not say of which vendor; give a column, or `vendor:` a file")


def _absent(reports: pd.DataFrame) -> pd.DataFrame:
    """Return part (FTE missing) and whole (FTE planned) of each period, vendor and team, by its length."""
    if not {"fte_planned", "fte_actual"} <= set(reports):
        return pd.DataFrame(columns=[*_KEYS, "part", "whole"])
    both = people(reports, "fte_planned").merge(people(reports, "fte_actual"), on=_KEYS)
    length = both[LENGTH] / DAY
    return both.assign(part=(both["fte_planned"] - both["fte_actual"]) * length, whole=both["fte_planned"] * length)


def _lost(reports: pd.DataFrame) -> pd.DataFrame:
    """Return part and whole of the paid hours; a period counts by its planned FTE or headcount where they are known."""
    lost = people(reports, "shrinkage")
    weight = lost[LENGTH] / DAY
    for name in ("fte_planned", "headcount"):
        if name in reports and reports[name].notna().any():
            lost = lost.merge(people(reports, name), on=_KEYS, how="left")
            weight = lost[name].fillna(lost[name].mean()) * lost[LENGTH] / DAY
            break
    return lost.assign(part=lost["shrinkage"] * weight, whole=weight)


def _absence(subject: Subject, rows: pd.DataFrame, first: int) -> Fit | NotFitted:
    part, whole, week = _clusters(rows, first)
    if whole.size < ENOUGH_WEEKS or part.sum() <= 0:
        why = f"{part.sum() / max(whole.sum(), 1e-12):.1%} of the planned FTE missing in {whole.size} periods"
        return NotFitted(subject.path("shrinkage", "absence"), f"{why}; some in {ENOUGH_WEEKS} periods are needed")
    share, variance = share_of(part, whole)
    return _fit(subject, "absence", share, variance, (week, part, whole), {})


def _offline(subject: Subject, rows: pd.DataFrame, absent: pd.DataFrame, first: int) -> Fit | NotFitted:
    """Return what is lost beside absence, as a share of the hours of those who were there.

    Without FTE by which absence is known all that is lost counts as time offline.
    """
    both = rows.merge(absent[[*_KEYS, "part"]], on=_KEYS, how="left", suffixes=("", "_absent"))
    gone = both["part_absent"].fillna(0.0)
    part, whole, week = _clusters(both.assign(part=both["part"] - gone, whole=both["whole"] - gone), first)
    if whole.size < ENOUGH_WEEKS or part.sum() <= 0:
        why = f"{part.sum():,.0f} FTE days lost beside absence in {whole.size} periods"
        return NotFitted(subject.path("shrinkage", "offline"), f"{why}; some in {ENOUGH_WEEKS} periods are needed")
    share, of_share = share_of(part, whole)
    total, variance = share_of(*_clusters(rows, first)[:2])
    goodness = {_TOTAL: total, f"standard error of {_TOTAL}": total * (1 - total) * float(np.sqrt(variance))}
    return _fit(subject, "offline", share, of_share, (week, part, whole), goodness)


def _fit(
    subject: Subject,
    name: str,
    share: float,
    variance: float,
    clusters: tuple[Array, Array, Array],
    goodness: dict[str, float],
) -> Fit:
    week, part, whole = clusters
    each = np.clip(part / whole, 0.0, 1.0)
    half = 1.96 * (part / whole).std(ddof=1)
    low, high = np.maximum(each - half, 0.0), np.minimum(each + half, 1.0)
    ends = np.array([float(week.min()), float(week.max()) + 1])
    picture = Picture(week + 0.5, each, low, high, ends, np.full(2, share), "weeks")
    estimate = Estimate(subject, ("shrinkage", name), share, "logit", "share", "reported")
    return Fit("shrinkage", (estimate,), np.array([[variance]]), part.size, goodness, picture=picture)


def _clusters(rows: pd.DataFrame, first: int) -> tuple[Array, Array, Array]:
    """Return part and whole of each week, and which week it is; of each day, in weeks, where there are few weeks."""
    day = rows["day"].to_numpy(float) - first
    week = day // 7 if np.unique(day // 7).size >= ENOUGH_WEEKS else day / 7
    at, number = np.unique(week, return_inverse=True)
    part, whole = (np.bincount(number, rows[name].to_numpy(float)) for name in ("part", "whole"))
    some = whole > 0
    return np.asarray(part[some], np.float64), np.asarray(whole[some], np.float64), np.asarray(at[some], np.float64)


def fit_reported_attrition(reports: pd.DataFrame) -> list[Fit | NotFitted]:
    """Fit each vendor's hazard of leaving from leavers and headcount, pooled over vendors by how alike they are."""
    if "leavers" not in reports or not reports["leavers"].notna().any():
        return []
    heads = next(
        (name for name in ("headcount", "fte_planned") if name in reports and reports[name].notna().any()), None
    )
    if heads is None:
        return [NotFitted("vendors.*.attrition", "leavers are reported, but no headcount or planned FTE beside them")]
    left = people(reports, "leavers").merge(people(reports, heads), on=_KEYS)
    left = left.assign(exposure=left[heads] * left[LENGTH] / MONTH)
    sums = left.groupby("vendor")[["leavers", "exposure"]].sum()
    sums = sums[sums["exposure"] > 0]
    named = sums[sums.index != ""]
    found: list[Fit | NotFitted] = [one for one in [_whose("", "attrition")] if one and len(named) < len(sums)]
    if named.empty:
        return found
    rates, covariance = pooled_rates(*(named[name].to_numpy(float) for name in ("leavers", "exposure")))
    return [*found, *_hazards(named, rates, covariance, heads)]


def _hazards(sums: pd.DataFrame, rates: Array, covariance: Array, heads: str) -> Iterator[Fit]:
    estimates = tuple(
        Estimate(of_vendor(str(vendor)), ("attrition", "hazard", "0+ weeks"), float(rate), "log", "a month", "reported")
        for vendor, rate in zip(sums.index, rates, strict=True)
    )
    goodness = {"leavers": float(sums["leavers"].sum()), f"months by {heads}": float(sums["exposure"].sum())}
    yield Fit("attrition", estimates, covariance, int(sums["leavers"].sum()), goodness)
