"""Terms of a contract that a variant changes in vain: nothing is planned that they would touch, or nothing is owed."""

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
"""What a vendor without a contract has agreed to."""


def without_effect(base: Results, variant: Results) -> list[str]:
    """Return a sentence for each term that the variant has otherwise than the base, and that changes nothing.

    Notice is held against the cuts that are planned, a ramp limit against what the runs noted, a minimum and credits
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
        name: plan
        for name, event in scenario.events.items()
        if (plan := event.headcount) is not None and plan.change < 0 and plan.team in teams
    }
    what = f"the notice of {format_duration(new.notice)}" if new.notice else "leaving out the notice"
    words = f"{what} has no effect"
    if not cuts:
        yield f"{words}: no cut of its teams is planned"
    elif all(_begin(plan, old, scenario.horizon) == _begin(plan, new, scenario.horizon) for plan in cuts.values()):
        yield f"{words}: with {format_duration(old.notice)}, too, {', '.join(cuts)} would come on the same day"


def _begin(plan: Headcount, contract: Contract, horizon: Horizon) -> dt.date:
    """Return the day on which a cut takes effect; all days beyond the horizon are one."""
    ordered = plan.ordered or horizon.start
    end = horizon.start + dt.timedelta(days=horizon.day_count)
    return min(max(plan.from_, ordered + dt.timedelta(days=math.ceil(contract.notice / DAY))), end)


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
    """Return a vendor's figure in money by replication and month; none where it has no price."""
    if (vendor,) not in results.layout.subjects["money"]:
        return np.zeros((results.replications, 0))
    return results.figures.of("money", "month", (vendor,), measure)
