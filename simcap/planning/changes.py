"""Changes of a scenario that ask a question: a patch of its document, numbers scaled after they are drawn."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from simcap.errors import ScenarioError
from simcap.scenario.reading.derived import Patch, derived
from simcap.scenario.reading.loading import Scaling, ScenarioFile
from simcap.scenario.reading.parameters import number_at
from simcap.scenario.schema.scenario import Scenario


@dataclasses.dataclass(frozen=True)
class Change:
    """One change of a scenario."""

    name: str
    patch: Patch = dataclasses.field(default_factory=dict)
    scaled: tuple[Scaling, ...] = ()
    begin: dt.date | None = None
    """Day from which it is felt; none: from the start."""
    end: dt.date | None = None
    """Day on which its cause is over; none: it lasts."""
    site: str = ""
    """Site that is down for two days, if that is the change."""

    def of(self, file: ScenarioFile, name: str | None = None) -> ScenarioFile:
        """Return the changed scenario. Raises `ScenarioError`, which names the change, if it is impossible."""
        try:
            changed = derived(file, self.patch, name=name or f"{file.scenario.name}, {self.name}")
            changed = dataclasses.replace(changed, scaled=(*file.scaled, *self.scaled))
            changed.drawn({})
        except ScenarioError as error:
            raise ScenarioError("\n".join(f"{self.name}: {line}" for line in str(error).split("\n"))) from None
        return changed


def volume(scenario: Scenario, factor: float, event: str) -> Patch:
    """Return what multiplies all volume of the whole horizon, its run-out included; no locked forecast includes it."""
    length = f"{scenario.horizon.day_count + 60} days"
    surge = {"from": scenario.horizon.start, "for": length, "factor": factor, "in_forecast": False}
    return {"events": {event: {"surge": surge}}}


def attrition(file: ScenarioFile, factor: float, vendor: str | None = None) -> tuple[Scaling, ...]:
    """Return what multiplies the hazard of leaving, of one vendor or all, by a factor."""
    return tuple(
        scaling
        for path, spec in _practices(file, "attrition", vendor)
        for scaling in _hazards(file, f"{path}.attrition", spec, factor)
    )


def absence(file: ScenarioFile, factor: float, vendor: str | None = None) -> tuple[Scaling, ...]:
    """Return what multiplies the share of absent agents by a factor."""
    scalings: list[Scaling] = []
    for path, spec in _practices(file, "shrinkage", vendor):
        value = spec.get("absence")
        own = f"{path}.shrinkage.absence"
        if isinstance(value, Mapping):
            weeks = range(len(value["weekly"]))
            scalings += [Scaling(f"{own}.weekly.{week}", factor, "share") for week in weeks]
        elif value is not None:
            scalings.append(Scaling(own, factor, "share"))
    return tuple(scalings)


def offline(file: ScenarioFile, factor: float, vendor: str | None = None) -> tuple[Scaling, ...]:
    """Return what multiplies the share of offline time by a factor."""
    return tuple(
        Scaling(f"{path}.shrinkage.offline", factor, "share")
        for path, spec in _practices(file, "shrinkage", vendor)
        if spec.get("offline") is not None
    )


def ramp(file: ScenarioFile, factor: float, vendor: str | None = None) -> tuple[Scaling, ...]:
    """Return what multiplies the length of the ramp by a factor; ramps given in weekly steps stay."""
    return tuple(
        Scaling(f"{path}.ramp.after", factor)
        for path, spec in _practices(file, "ramp", vendor)
        if spec.get("after") is not None
    )


def _hazards(file: ScenarioFile, path: str, spec: Mapping[str, Any], factor: float) -> Iterator[Scaling]:
    if spec.get("per_year") is not None:
        yield Scaling(f"{path}.per_year", factor, "hazard")
    elif spec.get("weibull") is not None:
        # The hazard of a Weibull is proportional to scale ** -shape.
        shape = number_at(file.document, f"{path}.weibull.shape")
        yield Scaling(f"{path}.weibull.scale", factor ** (-1 / shape))
    else:
        yield from (Scaling(f"{path}.hazard.{span}", factor) for span in spec.get("hazard", {}))


def _practices(file: ScenarioFile, kind: str, vendor: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the paths of vendors and teams that give a practice of a kind, and what they give."""
    for name, spec in file.document["vendors"].items():
        if vendor not in (None, name):
            continue
        owners = {f"vendors.{name}": spec} | {
            f"vendors.{name}.teams.{team}": own for team, own in spec["teams"].items()
        }
        for path, owner in owners.items():
            if isinstance(owner.get(kind), Mapping):
                yield path, owner[kind]
