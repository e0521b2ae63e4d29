"""Changed terms of a contract that have no effect: they apply to nothing that is planned, or nothing is owed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.scenario.schema.contract import Contract
from simcap.scenario.schema.events import Headcount
from simcap.scenario.schema.scenario import Horizon
from simcap.units import DAY, format_duration

Array = NDArray[np.float64]

NO_TERMS = Contract(currency="XXX")
"""The terms of a vendor without a contract."""


def without_effect(base: Results, variant: Results) -> list[str]:
    """Return a sentence for each term that differs between variant and base but changes nothing.

    Notice is checked against the planned cuts, a ramp limit against the notes of the runs, a minimum and credits
    against every month that the runs settled.
    """
    return [
        f"{name}: {words}"
        for name, vendor in variant.scenario.vendors.items()
        if name in base.scenario.vendors
        for words in _terms(base, variant, name, base.scenario.vendors[name].contract, vendor.contract)
    ]


def _terms(
    base: Results, variant: Results, vendor: str, before: Contract | None, after: Contract | None
) -> Iterator[str]:
    old, new = before or NO_TERMS, after or NO_TERMS
    yield from _notice(variant, vendor, old, new)
    yield from _limit(base, variant, vendor, old, new)
    yield from _minimum(base, variant, vendor, old, new)
    yield from _credits(base, variant, vendor, old, new)


def _notice(variant: Results, vendor: str, old: Contract, new: Contract) -> Iterator[str]:
    if old.notice == new.notice:
        return
    scenario = variant.scenario
    teams = scenario.vendors[vendor].teams
    cuts = {
        name: cut
        for name, event in scenario.events.items()
        if (cut := event.headcount) is not None and cut.change < 0 and cut.team in teams
    }
    what = f"the notice of {format_duration(new.notice)}" if new.notice else "leaving out the notice"
    words = f"{what} has no effect"
    if not cuts:
        yield f"{words}: no cut of its teams is planned"
    elif all(
        _takes_effect(cut, old, scenario.horizon) == _takes_effect(cut, new, scenario.horizon) for cut in cuts.values()
    ):
        yield f"{words}: with {format_duration(old.notice)}, too, {', '.join(cuts)} would come on the same day"


def _takes_effect(cut: Headcount, contract: Contract, horizon: Horizon) -> dt.date:
    """Return the day on which a cut takes effect; all days after the horizon count as the same."""
    ordered = cut.ordered or horizon.start
    end = horizon.start + dt.timedelta(days=horizon.day_count)
    return min(max(cut.from_, ordered + dt.timedelta(days=math.ceil(contract.notice / DAY))), end)


def _limit(base: Results, variant: Results, vendor: str, old: Contract, new: Contract) -> Iterator[str]:
    if old.ramp_limit == new.ramp_limit or any(
        note.startswith(f"{vendor}: ") and "ramp limit" in note for note in (*base.notes, *variant.notes)
    ):
        return
    if new.ramp_limit is None:
        yield "leaving out the ramp limit has no effect: no month asked for more hires than it allowed"
    else:
        yield (
            f"the ramp limit of {new.ramp_limit.hires_per_month} hires a month has no effect: no month asks for more"
        )


def _minimum(base: Results, variant: Results, vendor: str, old: Contract, new: Contract) -> Iterator[str]:
    if (
        old.minimum == new.minimum
        or _paid(base, vendor, "minimum_fee").any()
        or _paid(variant, vendor, "minimum_fee").any()
    ):
        return
    if new.minimum is None:
        yield "leaving out the minimum has no effect: it was never owed"
        return
    words = f"the minimum of {new.minimum.hours_per_month:,.0f} h a month has no effect"
    if new.price is None:
        yield f"{words}: the contract has no price"
    else:
        yield f"{words}: in no month of any replication are fewer hours worked"


def _credits(base: Results, variant: Results, vendor: str, old: Contract, new: Contract) -> Iterator[str]:
    terms = (
        ("service_credits", "the service credits", "service_credits"),
        ("forecast_lock", "the forecast lock", "service_credits"),
        ("quality", "the credit for quality", "quality_credits"),
    )
    for key, what, measure in terms:
        if getattr(old, key) == getattr(new, key):
            continue
        given = _paid(base, vendor, measure), _paid(variant, vendor, measure)
        if not given[0].any() and not given[1].any():
            yield f"the change of {what} has no effect: none is due in any month, before or after"


def _paid(results: Results, vendor: str, measure: str) -> Array:
    """Return a vendor's figure in money by replication and month; no months if it has no price."""
    if (vendor,) not in results.layout.subjects["money"]:
        return np.zeros((results.replications, 0))
    return results.figures.of("money", "month", (vendor,), measure)
