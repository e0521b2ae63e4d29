"""Drivers: what a programme does not control, each with how far it may move.

A driver is a factor on a number of the scenario, or on several that move together. It moves within what is known about
it: the 90% range of what replications draw, from `uncertain` or a calibration; else a tenth either way.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from simcap.experiment.replicate import draw_uncertain
from simcap.experiment.variance import held, sources
from simcap.planning.changes import Change, absence, attrition, offline, ramp, volume
from simcap.planning.shocks import can_surge
from simcap.scenario.reading.loading import Scaling, ScenarioFile
from simcap.scenario.reading.parameters import number_at
from simcap.scenario.reading.varying import is_duration, resolve, value_at
from simcap.streams import Streams
from simcap.units import DAY, YEAR, format_duration

Array = NDArray[np.float64]
Move = Callable[[float], tuple[Scaling, ...]]

TENTH = 0.1
DRAWS = 400
"""Draws of parameters that give the ranges."""
STEADY = 0.02
"""A parameter that moves by less either way counts as known."""
_SECOND = ("cv", "shape", "spread", "correlation", "drift")
"""Parameters of the spread of values, not of their size."""
_SHARES = ("absence", "offline", "share", "start", "reaches", "per_year", "growth", "graduates")
_SHARED = ".busyness.shared"
_MOST = 0.999


@dataclasses.dataclass(frozen=True)
class Driver:
    """One driver: what a factor on it changes, and the factors that it may have."""

    name: str
    change: Callable[[float], Change]
    factors: Array
    """Its possible factors: sorted draws, or the two ends of a range."""
    own: bool
    """Whether these are its own uncertainty, not a tenth either way."""
    shown: Callable[[float], str]
    """Its value under a factor, for people."""

    def ppf(self, u: Array) -> Array:
        """Return factors at probabilities."""
        return np.interp(u, np.linspace(0, 1, self.factors.size), self.factors)

    @property
    def low(self) -> float:
        """Return the lower end of its 90% range, or of the tenth."""
        return float(np.quantile(self.factors, 0.05)) if self.own else float(self.factors[0])

    @property
    def high(self) -> float:
        """Return the upper end."""
        return float(np.quantile(self.factors, 0.95)) if self.own else float(self.factors[-1])


def point(file: ScenarioFile) -> ScenarioFile:
    """Return a scenario with all parameters as written or fitted; only chance remains."""
    return held(file, set(sources(file)))


def drivers_of(file: ScenarioFile, seed: int) -> list[Driver]:
    """Return the drivers of a scenario: volume, handle time, people by vendor, and all else marked as uncertain."""
    ranges = _ranges(file, seed)
    drivers = [*_work(file), *_people(file, ranges)]
    covered = [scaling.path for driver in drivers for scaling in driver.change(1.0).scaled]
    covered += [path.removesuffix("scale") + "shape" for path in covered if path.endswith("weibull.scale")]
    return [*drivers, *_others(file, {path: np.sort(ranges[path]) for path in ranges if path not in covered})]


def _ranges(file: ScenarioFile, seed: int) -> dict[str, Array]:
    """Return the factors of each drawn parameter, by replication, relative to what is written or fitted."""
    by_path: dict[str, list[float]] = {}
    for replication in range(DRAWS if sources(file) else 0):
        streams = Streams(seed, replication)
        drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
        for path, value in drawn.items():
            by_path.setdefault(path, []).append(value)
    usual = {path: number_at(file.document, path) for path in by_path}
    return {path: np.array(values) / usual[path] for path, values in by_path.items() if usual[path]}


def without_factor(file: ScenarioFile) -> list[str]:
    """Return the uncertain parameters that are written as 0: no factor moves them."""
    return [path for path in file.scenario.uncertain if not number_at(file.document, path)]


def _work(file: ScenarioFile) -> Iterator[Driver]:
    tenth = np.array([1 - TENTH, 1 + TENTH])
    if any(can_surge(queue.arrivals) for queue in file.scenario.queues.values()):

        def more(factor: float) -> Change:
            return Change(f"volume x{factor:.3g}", volume(file.scenario, factor, "driver-volume"))

        yield Driver("volume", more, tenth, own=False, shown=_percent)

    def slower(factor: float) -> Change:
        change = {"from": file.scenario.horizon.start, "factor": factor}
        return Change(f"handle time x{factor:.3g}", {"events": {"driver-handle-time": {"handle_time": change}}})

    yield Driver("handle time", slower, tenth, own=False, shown=_percent)


def _percent(factor: float) -> str:
    return f"{factor - 1:+.0%}"


def _people(file: ScenarioFile, ranges: Mapping[str, Array]) -> Iterator[Driver]:
    kinds = {"attrition": attrition, "absence": absence, "offline time": offline, "length of the ramp": ramp}
    for vendor in file.scenario.vendors:
        for kind, scaled in kinds.items():
            move = _moving(scaled, file, vendor)
            if not move(1.0):
                continue
            known = _hazards(file, move, ranges) if kind == "attrition" else _first_range(move, ranges)
            factors = np.array([1 - TENTH, 1 + TENTH]) if known is None else known
            name = f"{kind} of {vendor}"
            yield Driver(name, _scaling(name, move), factors, own=known is not None, shown=_of_first(file, move))


def _first_range(move: Move, ranges: Mapping[str, Array]) -> Array | None:
    return next((np.sort(ranges[scaling.path]) for scaling in move(1.0) if scaling.path in ranges), None)


def _hazards(file: ScenarioFile, move: Move, ranges: Mapping[str, Array]) -> Array | None:
    """Return the factors on the hazard of leaving that are drawn: of a Weibull, on that of the first year."""
    first = move(1.0)[0]
    if first.path not in ranges:
        return None
    if first.kind == "hazard":
        usual = number_at(file.document, first.path)
        return np.sort(np.log1p(-np.minimum(ranges[first.path] * usual, _MOST)) / math.log1p(-usual))
    if not first.path.endswith("weibull.scale"):
        return np.sort(ranges[first.path])
    other = first.path.removesuffix("scale") + "shape"
    scale, shape = (number_at(file.document, path) for path in (first.path, other))
    shapes = shape * ranges.get(other, np.ones_like(ranges[first.path]))
    return np.sort((YEAR / (scale * ranges[first.path])) ** shapes / (YEAR / scale) ** shape)


def _moving(
    scaled: Callable[[ScenarioFile, float, str | None], tuple[Scaling, ...]], file: ScenarioFile, vendor: str
) -> Move:
    return lambda factor: scaled(file, factor, vendor)


def _others(file: ScenarioFile, ranges: Mapping[str, Array]) -> Iterator[Driver]:
    for path, factors in ranges.items():
        wide = max(1 - np.quantile(factors, 0.05), np.quantile(factors, 0.95) - 1)
        if (wide < STEADY or _scatters(path)) and path not in file.scenario.uncertain:
            continue
        keys, _ = resolve(file.document, path)
        in_percent = str(value_at(file.document, keys)).strip().endswith("%")
        kind = "share" if in_percent or _SHARED in path else "number"

        def scaled(factor: float, path: str = path, kind: str = kind) -> tuple[Scaling, ...]:
            return (Scaling(path, factor, kind),)  # type: ignore[arg-type]

        name = ", ".join(str(key) for key in keys if key not in ("queues", "vendors", "teams", "arrivals"))
        yield Driver(name, _scaling(name, scaled), factors, own=True, shown=_of_first(file, scaled))


def _scatters(path: str) -> bool:
    return ".busyness." in path or path.split(".")[-1] in _SECOND


def _scaling(name: str, scaled: Move) -> Callable[[float], Change]:
    return lambda factor: Change(f"{name} x{factor:.3g}", scaled=scaled(factor))


def _of_first(file: ScenarioFile, scaled: Move) -> Callable[[float], str]:
    """Return the function that writes the first number that moves: "71%", "14 weeks", "163,000"."""

    def shown(factor: float) -> str:
        first = scaled(factor)[0]
        last = first.path.split(".")[-1]
        number = first.of(number_at(file.document, first.path))
        if ".attrition." in first.path and last != "per_year":
            return f"x{factor:.2f}"
        if last in _SHARES or "weekly" in first.path or _SHARED in first.path:
            return f"{number:.1%}"
        if is_duration(value_at(file.document, resolve(file.document, first.path)[0])):
            return f"{number / DAY:.0f} days" if number > 2 * DAY else format_duration(float(f"{number:.3g}"))
        return f"{number:,.4g}" if number < 1000 else f"{number:,.0f}"

    return shown
