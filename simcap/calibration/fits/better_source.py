"""Logs and reports of the same parameter: the logs' fit is taken, and how far the report is from it is told.

A log shows every item or agent, a report their mean; so a report fills what the logs leave open.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np

from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, Subject
from simcap.calibration.fits.handling import shape_of
from simcap.calibration.history.sheets import Note
from simcap.units import DAY, HOUR, MINUTE, MONTH, YEAR

Parameter = tuple[Subject, Key]


def parameter(estimate: Estimate) -> Parameter:
    """Return what an estimate is a part of: the block of a scenario that one source gives as a whole."""
    parts = 2 if estimate.key[0] in ("shrinkage", "errors") else 1
    return estimate.subject, estimate.key[:parts]


def merged(logged: Sequence[Fit | NotFitted], reported: Sequence[Fit | NotFitted]) -> list[Fit | NotFitted]:
    """Return the fits to logs, and of those to reports what the logs do not give."""
    logged = [one for one in logged if not _is_outweighed(one, reported)]
    known = {parameter(one) for fit in logged if isinstance(fit, Fit) for one in fit.estimates}
    more = [_without(fit, known) if isinstance(fit, Fit) else fit for fit in reported]
    filled = {parameter(one) for fit in more if isinstance(fit, Fit) for one in fit.estimates}
    fits = [one for one in (*logged, *more) if isinstance(one, Fit) and one.estimates]
    return [*fits, *_open(logged, filled), *_open(more, known)]


def _is_outweighed(one: Fit | NotFitted, reported: Sequence[Fit | NotFitted]) -> bool:
    """Return whether a handle time that rests on a prior has a report of more items to give way to."""
    if isinstance(one, NotFitted) or one.kind != "handle time" or not one.prior:
        return False
    return any(
        isinstance(other, Fit) and other.kind == one.kind and other.subject == one.subject and other.seen > one.seen
        for other in reported
    )


def differences(logged: Sequence[Fit | NotFitted], reported: Sequence[Fit | NotFitted]) -> Iterator[Note]:
    """Yield for each parameter that both give what each says of it."""
    ours = {what: (text, value) for what, text, value in _figures(logged)}
    for what, text, value in _figures(reported):
        if what in ours:
            mine, known = ours[what]
            apart = f"{value / known - 1:+.0%}" if known > 0 else "apart"
            subject, key = what
            yield Note(subject.path(*key), 0, f"{text} by reports, {mine} by the logs, which is taken ({apart})")


def _without(fit: Fit, known: set[Parameter]) -> Fit:
    """Return a fit without the estimates of parameters that are known."""
    kept = [place for place, one in enumerate(fit.estimates) if parameter(one) not in known]
    if len(kept) == len(fit.estimates):
        return fit
    estimates = tuple(fit.estimates[place] for place in kept)
    return dataclasses.replace(fit, estimates=estimates, covariance=fit.covariance[np.ix_(kept, kept)])


def _open(found: Sequence[Fit | NotFitted], elsewhere: set[Parameter]) -> Iterator[NotFitted]:
    """Yield what one source does not give and the other does not either."""
    paths = [subject.path(*key) for subject, key in elsewhere]
    for one in found:
        if isinstance(one, NotFitted) and not any(
            one.what == path or one.what.startswith(f"{path}.") or path.startswith(f"{one.what}.") for path in paths
        ):
            yield one


def _figures(found: Sequence[Fit | NotFitted]) -> Iterator[tuple[Parameter, str, float]]:
    """Yield of each parameter that can be put into one figure what it is, the figure as text and as a number."""
    for fit in found:
        if isinstance(fit, NotFitted):
            continue
        if fit.kind == "handle time":
            shape = shape_of(fit)
            mean = shape.mean if shape is not None else fit.estimates[0].value
            yield parameter(fit.estimates[0]), f"a mean of {_long(mean)}", mean
            continue
        for one in fit.estimates:
            if one.key[0] in ("shrinkage", "errors") and one.key[1] != "new":
                yield parameter(one), f"{one.value:.2%}", one.value
            elif one.key[0] == "expires" and one.key[-1] in ("mean", "exponential"):
                yield parameter(one), f"a mean of {_long(one.value)}", one.value
            elif one.key == ("attrition", "hazard", "0+ weeks"):
                share = -math.expm1(-one.value * YEAR / MONTH)
                yield parameter(one), f"{share:.0%} a year", share
            elif one.key == ("attrition", "weibull", "scale"):
                share = -math.expm1(-((YEAR / one.value) ** fit.value("attrition", "weibull", "shape")))
                yield parameter(one), f"{share:.0%} in the first year", share


def _long(seconds: float) -> str:
    for size, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 3 * size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds:.3g} s"
