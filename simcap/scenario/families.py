"""Distributions of a scenario as distributions that can be drawn from."""

from __future__ import annotations

from simcap import distributions as d
from simcap.scenario.data.data_files import NO_FILES, DataFiles
from simcap.scenario.schema import quantities


def family(spec: quantities.DistributionSpec, files: DataFiles = NO_FILES) -> d.Distribution:
    """Return the frozen distribution that a scenario describes.

    Raises `DataError` for a file of empirical values that cannot be read.
    """
    if spec.constant is not None:
        return d.Constant(spec.constant)
    if spec.uniform is not None:
        return d.Uniform(*spec.uniform)
    if spec.empirical is not None:
        return d.Empirical(tuple(files.empirical(spec.empirical).tolist()))
    if spec.mixture is not None:
        parts = [part for part in spec.mixture.values() if part.share > 0]
        return d.Mixture(tuple(part.share for part in parts), tuple(_continuous(part) for part in parts))
    return _continuous(spec)


def _continuous(spec: quantities.ContinuousDistribution) -> d.Continuous:
    if spec.exponential is not None:
        return d.Exponential(spec.exponential)
    if spec.lognormal is not None:
        return d.Lognormal(spec.lognormal.mean, spec.lognormal.cv)
    if spec.gamma is not None:
        return d.Gamma(spec.gamma.mean, spec.gamma.cv)
    assert spec.weibull is not None
    return d.Weibull.of(spec.weibull.mean, spec.weibull.cv)
