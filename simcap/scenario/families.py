"""Distributions of a scenario as distributions that can be drawn from."""

from __future__ import annotations

from pathlib import Path

from simcap import distributions as d
from simcap.scenario import quantities
from simcap.scenario.files import read_empirical


def family(spec: quantities.Distribution, folder: Path) -> d.Distribution:
    """Return the frozen distribution that a scenario describes; data files are relative to `folder`.

    Raises `DataError` for a file of empirical values that cannot be read.
    """
    if spec.constant is not None:
        return d.Constant(spec.constant)
    if spec.exponential is not None:
        return d.Exponential(spec.exponential)
    if spec.lognormal is not None:
        return d.Lognormal(spec.lognormal.mean, spec.lognormal.cv)
    if spec.gamma is not None:
        return d.Gamma(spec.gamma.mean, spec.gamma.cv)
    if spec.weibull is not None:
        return d.Weibull.of(spec.weibull.mean, spec.weibull.cv)
    if spec.uniform is not None:
        return d.Uniform(*spec.uniform)
    assert spec.empirical is not None
    return d.Empirical(tuple(read_empirical(folder / spec.empirical).tolist()))
