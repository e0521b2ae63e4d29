"""Who must still be paid for work that was taken away: minimums, hours worked anyway, notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.money import priced
from simcap.analysis.pairs import Paired, paired
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.wording.words import amount, currency_of, long_date, plural
from simcap.scenario.effective import cut_day

Array = NDArray[np.float64]

TAKEN = 0.02
"""Share of a vendor's decisions that must be taken away to be reported."""
KEPT = 0.5
"""Its price is still paid if it falls by at most this part of that share."""


def still_paid(comparison: Comparison, name: str) -> list[str]:
    """Return a sentence for each vendor that a variant pays for work it no longer does.

    Taken from the runs' settlements: decisions, price, and the part of it that tops hours up to the minimum.
    """
    variant = comparison.of(name)
    paid = [vendor for vendor in priced(comparison.base.scenario) if vendor in priced(variant.scenario)]
    idle = [words for vendor in paid for words in _idle(comparison.base, variant, vendor)]
    return idle + [words for vendor in paid for words in _waiting(comparison.base, variant, vendor)]


def _idle(base: Results, variant: Results, vendor: str) -> Iterator[str]:
    """Yield what a vendor is paid although it decides less, or of its minimum although nobody works for it.

    Prices per item follow what is decided.
    """
    contract = variant.scenario.vendors[vendor].contract
    assert contract is not None
    assert contract.price is not None
    terms = contract.price
    decided, price, topped = (_gap(base, variant, vendor, one) for one in ("decisions", "price", "minimum_fee"))
    before = {one: _mean(base, vendor, one) for one in ("decisions", "price", "minimum_fee")}
    fee = _mean(variant, vendor, "minimum_fee")
    fewer = -float(decided.mean) / before["decisions"] if before["decisions"] and decided.ci_high < 0 else 0.0
    cheaper = -float(price.mean) / before["price"] if before["price"] else 0.0
    less = f"{vendor} decides {fewer:.0%} fewer items" if fewer >= TAKEN else ""
    if topped.ci_low > 0:
        owed = f"is owed {amount(fee)} {currency_of(variant.scenario)} up to its minimum for hours that nobody works"
        yield f"{less or vendor}{' and' if less else ''} {owed} ({amount(before['minimum_fee'])} in the base)"
    elif less and cheaper < KEPT * fewer and terms.per_item is None:
        falls = f"falls by {cheaper:.0%}" if cheaper >= 0.005 else "does not fall"
        by = "the hour on the floor" if terms.per_productive_hour is not None else "the agent"
        rest = f", and {amount(fee)} {currency_of(variant.scenario)} of it tops hours up to the minimum" if fee else ""
        yield f"{less}, but its price {falls}: it is paid by {by}, busy or not{rest}"


def _waiting(base: Results, variant: Results, vendor: str) -> Iterator[str]:
    """Yield the cuts that wait for the contract's notice, unless they also do in the base."""
    end = variant.scenario.horizon.start + dt.timedelta(days=variant.scenario.horizon.day_count)
    waits = {
        key: day
        for key, day in _cuts(variant, vendor).items()
        if _cuts(base, vendor).get(key) != day and day > variant.scenario.events[key].headcount.from_  # type: ignore[union-attr]
    }
    for name, day in waits.items():
        plan = variant.scenario.events[name].headcount
        assert plan is not None
        until = f"until {long_date(day)}, {plural((day - plan.from_).days, 'day')} longer"
        until = "to the end of the horizon" if day >= end else until
        yield f"by the notice of {vendor}, the agents of {plan.team} that {name} takes away are paid {until}"


def _cuts(results: Results, vendor: str) -> dict[str, dt.date]:
    """Return by event the day on which each cut of a vendor's teams takes effect."""
    teams = results.scenario.vendors[vendor].teams
    return {
        name: cut_day(results.scenario, plan, vendor)
        for name, event in results.scenario.events.items()
        if (plan := event.headcount) is not None and plan.change < 0 and plan.team in teams
    }


def _figures(results: Results, vendor: str, measure: str) -> Array:
    """Return a vendor's figure in money of each replication over the horizon."""
    return results.figures.of("money", "horizon", (vendor,), measure)[:, 0]


def _mean(results: Results, vendor: str, measure: str) -> float:
    return float(_figures(results, vendor, measure).mean())


def _gap(base: Results, variant: Results, vendor: str, measure: str) -> Paired:
    return paired(_figures(base, vendor, measure), _figures(variant, vendor, measure))
