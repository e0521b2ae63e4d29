"""What a contract costs: a vendor's months settled to the cent, in decimals that add up.

Price: what is used, and what is owed up to the minimum. Credits: a share of a month's price for each missed SLA, up to
the cap, and for missed accuracy; earned back by good months that follow. Only whole months earn credits, as it is not
known how a month goes on after the horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from simcap.analysis.usage import Month
from simcap.scenario.schema.contract import Band, Contract, EarnBack, ServiceCredits

CENT = Decimal("0.01")
HUNDREDTH = Decimal("0.01")
"""Hours and full-time months are billed to the hundredth."""
NOTHING = Decimal("0.00")


@dataclasses.dataclass
class Statement:
    """A vendor's month in money."""

    used: Decimal
    """Fee for hours (more for those on public holidays), agents or items."""
    topped_up: Decimal
    """Fee for hours up to the minimum that nobody worked."""
    service_credits: dict[str, Decimal]
    """By SLA, within the cap."""
    quality_credit: Decimal
    earned_back: Decimal = NOTHING
    """Credits of earlier months that have become void."""

    @property
    def price(self) -> Decimal:
        """Return what is charged."""
        return self.used + self.topped_up

    @property
    def credits(self) -> Decimal:
        """Return what is given back, less credits that have become void."""
        return sum(self.service_credits.values(), self.quality_credit) - self.earned_back

    @property
    def net_cost(self) -> Decimal:
        """Return what is left to pay."""
        return self.price - self.credits


def settle(contract: Contract, months: Sequence[Month]) -> list[Statement]:
    """Return the statement of each month. The contract has a price."""
    statements = [_statement(contract, month) for month in months]
    terms = contract.service_credits
    if terms is not None and terms.earn_back is not None:
        _earn_back(terms.earn_back, months, statements)
    return statements


def _statement(contract: Contract, month: Month) -> Statement:
    used = _used(contract, month)
    topped_up = _topped_up(contract, month)
    price = used + topped_up
    terms, quality = contract.service_credits, contract.quality
    given = _service_credits(terms, month, price) if terms is not None else {}
    poor = quality is not None and month.whole and month.accuracy < quality.target
    return Statement(used, topped_up, given, _share(price, quality.credit) if quality and poor else NOTHING)


def _used(contract: Contract, month: Month) -> Decimal:
    price = contract.price
    assert price is not None
    if price.per_productive_hour is not None:
        charged = _billed(month.hours) + _billed(month.premium_hours)
        return _cents(charged * _exact(price.per_productive_hour))
    if price.per_fte_month is not None:
        return _cents(_billed(month.agent_days / month.part[1]) * _exact(price.per_fte_month))
    assert price.per_item is not None
    fees = [_banded(bands, month.decisions[queue], Fraction(*month.part)) for queue, bands in price.per_item.items()]
    return sum(fees, NOTHING)


def _banded(bands: Sequence[Band], items: int, part: Fraction) -> Decimal:
    """Return the fee of items by monthly bands, each item at the price of its band."""
    fee, begin = Decimal(0), 0
    for band in bands:
        end = items if band.up_to is None else min(math.floor(band.up_to * part), items)
        fee += max(end - begin, 0) * _exact(band.at)
        begin = max(end, begin)
    return _cents(fee)


def _topped_up(contract: Contract, month: Month) -> Decimal:
    if contract.minimum is None or contract.price is None or contract.price.per_productive_hour is None:
        return NOTHING
    days, whole = month.part
    owed = (_exact(contract.minimum.hours_per_month) * days / whole).quantize(HUNDREDTH, ROUND_HALF_UP)
    missing = max(owed - _billed(month.hours), Decimal(0))
    return _cents(missing * _exact(contract.price.per_productive_hour))


def _service_credits(terms: ServiceCredits, month: Month, price: Decimal) -> dict[str, Decimal]:
    """Return the credit of each SLA; SLAs use up the cap, if there is one, in the order of the contract."""
    left = price if terms.cap is None else _share(price, terms.cap)
    given = {}
    for sla in terms.sla:
        attained = month.attained[sla]
        steps = [step.credit for step in terms.steps if attained < step.below]
        if steps and month.whole and sla not in month.excused:
            given[sla] = min(_share(price, max(steps)), left)
            left -= given[sla]
    return given


def _earn_back(terms: EarnBack, months: Sequence[Month], statements: Sequence[Statement]) -> None:
    """Void each credit that is followed by enough good months in a row, in the last of these months."""
    for number, statement in enumerate(statements):
        after = months[number + 1 : number + 1 + terms.months]
        for sla, credit in statement.service_credits.items():
            good = [month.whole and month.attained[sla] > terms.above for month in after]
            if len(good) == terms.months and all(good):
                statements[number + terms.months].earned_back += credit


def _share(amount: Decimal, share: float) -> Decimal:
    return _cents(amount * _exact(share))


def _billed(quantity: float) -> Decimal:
    return Decimal(quantity).quantize(HUNDREDTH, ROUND_HALF_UP)


def _exact(number: float) -> Decimal:
    """Return a number as the contract writes it: 2.7% is not exactly 2.7 / 100 in binary."""
    return Decimal(f"{number:.12g}")


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
