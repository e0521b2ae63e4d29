"""Whether scenarios can be compared: the same days, windows, currency, and names of their own."""

from __future__ import annotations

from collections.abc import Sequence

from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.scenario import Scenario


def check_comparable(files: Sequence[ScenarioFile]) -> None:
    """Raise `ScenarioError`, with everything that is in the way, unless scenarios can be compared."""
    base = files[0].scenario
    problems = []
    for file in files[1:]:
        other = file.scenario
        for what in ("start", "day_count", "timezone", "warm_up"):
            one, two = (getattr(scenario.horizon, what) for scenario in (base, other))
            if one != two:
                name = "length in days" if what == "day_count" else what
                problems.append(
                    f"{other.name}: horizon: {name} is {two}, that of {base.name} is {one}; "
                    "the same draws need the same days: give both the same horizon"
                )
        problems += _windows(base, other)
    problems += _currencies(files)
    names = [file.folder_name for file in files]
    problems += [
        f"{name}: two scenarios have this name; give each its own, under `name:`"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ScenarioError("\n".join(problems))


def _windows(base: Scenario, other: Scenario) -> list[str]:
    """Return the SLAs with the same name but different windows: these cannot be compared."""
    return [
        f"{other.name}: {name} / {label} is per {sla.per}, in {base.name} per {own.per}; "
        "give it the same windows or a name of its own"
        for name, queue in other.queues.items()
        for label, sla in queue.sla.items()
        if name in base.queues and (own := base.queues[name].sla.get(label)) is not None and own.per != sla.per
    ]


def _currencies(files: Sequence[ScenarioFile]) -> list[str]:
    """Return what is wrong with the contracts' currencies: costs in different ones cannot be compared."""
    known = {
        file.scenario.name: contract.currency
        for file in files
        for contract in (vendor.contract for vendor in file.scenario.vendors.values())
        if contract is not None
    }
    first, *others = known or [""]
    return [
        f"{name}: contracts are in {known[name]}, those of {first} in {known[first]}; give all in one currency"
        for name in others
        if known[name] != known[first]
    ]
