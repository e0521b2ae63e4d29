"""Terms of a contract that nothing touches say so; those that bite do not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.experiment.without_effect import without_effect
from tests.analysis.made import quiet_figures
from tests.comparisons import held
from tests.experiment import made
from tests.helpers import scenario

CUT = "events: {less: {headcount: {team: few, from: 2026-10-12, change: -1, ordered: 2026-09-01}}}"
CREDITS = "{sla: [mail / 1 h], per: month, steps: [{below: %s, credit: 3%%}]}"
CLASS = "hiring: {classes: {oct: {start: 2026-10-12, team: few, size: 3, training: 1 week}}}, attrition: {per_year: 0%}"


def of_contracts(found: Comparison) -> list[str]:
    """Return the notes that say of a term that it does nothing."""
    return [note for note in found.notes[0] if "no effect" in note]


@pytest.mark.parametrize(
    ("contract", "more", "words"),
    [
        ("notice: 60 days", "", "the notice of 60 days has no effect: no cut of its teams is planned"),
        (
            "notice: 40 days",
            CUT,
            "the notice of 40 days has no effect: with 30 days, too, less would come on the same day",
        ),
        (
            "minimum: {hours_per_month: 100}",
            "",
            "the minimum of 100 h a month has no effect: in no month of any replication are fewer hours worked",
        ),
        ("minimum: null", "", "leaving out the minimum has no effect: it was never owed"),
        (
            "ramp_limit: {hires_per_month: 3}",
            "",
            "the ramp limit of 3 hires a month has no effect: no month asks for more",
        ),
        (
            "service_credits: " + CREDITS % "50%",
            "",
            "the change of the service credits has no effect: none is due in any month, before or after",
        ),
    ],
)
def test_a_term_that_nothing_touches_says_so(tmp_path: Path, contract: str, more: str, words: str) -> None:
    found = held(tmp_path, f"vendors: {{north: {{contract: {{{contract}}}}}}}", more, replications=1)
    assert of_contracts(found) == [f"north: {words}"]


@pytest.mark.parametrize(
    ("north", "more"),
    [
        ("contract: {notice: 60 days}", CUT),
        ("contract: {minimum: {hours_per_month: 5000}}", ""),
        ("contract: {minimum: {hours_per_month: 3800}}", ""),
        ("contract: {ramp_limit: {hires_per_month: 2}}, " + CLASS, ""),
        ("title: North", ""),
    ],
    ids=["notice", "minimum", "minimum by a little", "ramp limit", "no term"],
)
def test_a_term_that_bites_is_not_said_to_do_nothing(tmp_path: Path, north: str, more: str) -> None:
    found = held(tmp_path, f"vendors: {{north: {{{north}}}}}", more, replications=1)
    assert of_contracts(found) == []


def test_credits_that_are_due_are_an_effect(tmp_path: Path) -> None:
    terms = f"contract: {{service_credits: {CREDITS % '100%'}}}, teams: {{day: {{agents: 2}}}}"
    found = held(tmp_path, f"vendors: {{north: {{{terms}}}}}", replications=1, horizon="start: 2026-10-01, days: 31")
    assert found.results[1].tables["ledger"]["service_credits"].sum() > 0
    assert of_contracts(found) == []


def test_a_minimum_without_a_price_is_never_owed(tmp_path: Path) -> None:
    found = held(
        tmp_path, "vendors: {south: {contract: {price: null, minimum: {hours_per_month: 100}}}}", replications=1
    )
    assert of_contracts(found) == ["south: the minimum of 100 h a month has no effect: the contract has no price"]


# -- by hand ----------------------------------------------------------------------------------------------------------

PRICE = "price: {per_productive_hour: 20}"
SOUTH = "{teams: {far: {timezone: UTC, agents: 9, skills: [mail], shift: {always: true}}}}"
STEPS = "{sla: [mail / 4 h], steps: [{below: 90%, credit: 3%}]}"
SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"


def run_with(
    contract: str | None,
    events: Mapping[str, str] | None = None,
    notes: tuple[str, ...] = (),
    owed: Mapping[str, float] | None = None,
) -> Results:
    """Return a run of two weeks from 5 October under a contract, with amounts owed in the last month of one of four."""
    changes: dict[str, Any] = {"horizon.days": 14, "vendors.south": SOUTH, "queues.mail.sla": SLA}
    changes |= {f"events.{name}": event for name, event in (events or {}).items()}
    if contract is not None:
        changes["vendors.north.contract"] = f"{{currency: USD, {contract}}}"
    plan = scenario(changes)
    layout = made.layout_with_money(plan)
    figures = quiet_figures(layout, 4)
    for measure, amount in (owed or {}).items():
        figures.of("money", "month", None, measure)[2, 0, -1] = amount
    return made.results(plan, figures, notes=notes)


def cut(team: str = "day", change: int = -1, begin: str = "2026-10-12", ordered: str = "") -> str:
    more = f", ordered: {ordered}" if ordered else ""
    return f"{{headcount: {{team: {team}, from: {begin}, change: {change}{more}}}}}"


@pytest.mark.parametrize("events", [{}, {"a": cut("far")}, {"a": cut(change=1)}, {"a": cut(change=0)}])
@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("notice: 30 days", "notice: 60 days", "the notice of 60 days"),
        (PRICE, "notice: 60 days", "the notice of 60 days"),
        (None, "notice: 60 days", "the notice of 60 days"),
        ("notice: 30 days", PRICE, "leaving out the notice"),
        ("notice: 30 days", None, "leaving out the notice"),
    ],
)
def test_notice_without_a_cut(before: str | None, after: str | None, what: str, events: dict[str, str]) -> None:
    found = without_effect(run_with(before, events), run_with(after, events))
    assert found == [f"north: {what} has no effect: no cut of its teams is planned"]


@pytest.mark.parametrize(
    ("events", "before", "after", "moves"),
    [
        ({"a": cut()}, "5 days", "1 week", False),
        ({"a": cut()}, "5 days", "8 days", True),
        ({"a": cut()}, "1 week", "156 h", False),
        ({"a": cut()}, "8 days", "180 h", False),
        ({"a": cut()}, "8 days", "9 days", True),
        ({"a": cut()}, "2 weeks", "60 days", False),
        ({"a": cut()}, "13 days", "60 days", True),
        ({"a": cut(ordered="2026-10-08")}, "3 days", "4 days", False),
        ({"a": cut(ordered="2026-10-08")}, "4 days", "5 days", True),
        ({"a": cut(), "b": cut(begin="2026-10-14")}, "5 days", "1 week", False),
        ({"a": cut(), "b": cut(begin="2026-10-14")}, "5 days", "8 days", True),
        ({"a": cut("far"), "b": cut(begin="2026-10-14")}, "5 days", "8 days", False),
    ],
)
def test_notice_of_cuts_on_their_days(events: dict[str, str], before: str, after: str, moves: bool) -> None:
    """A cut from the 12th, ordered on the first day, the 5th, has a week; all days from the 19th on are one."""
    found = without_effect(run_with(f"notice: {before}", events), run_with(f"notice: {after}", events))
    named = ", ".join(name for name, event in events.items() if "far" not in event)
    words = f"the notice of {after} has no effect: with {before}, too, {named} would come on the same day"
    assert found == ([] if moves else [f"north: {words}"])


LIMIT = "ramp_limit: {hires_per_month: 3}"


@pytest.mark.parametrize(
    ("base", "variant", "bites"),
    [
        ((), (), False),
        (("north: class a moves, ramp limit",), (), True),
        ((), ("north: class a moves, ramp limit",), True),
        (("south: class a moves, ramp limit",), ("north: something else", "ramp limit"), False),
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_a_limit_bites_where_a_run_notes_it(
    base: tuple[str, ...], variant: tuple[str, ...], bites: bool, gone: bool
) -> None:
    before, after = (LIMIT, PRICE) if gone else (PRICE, LIMIT)
    words = (
        "leaving out the ramp limit has no effect: no month asked for more hires than it allowed"
        if gone
        else "the ramp limit of 3 hires a month has no effect: no month asks for more"
    )
    found = without_effect(run_with(before, notes=base), run_with(after, notes=variant))
    assert found == ([] if bites else [f"north: {words}"])


MINIMUM = "minimum: {hours_per_month: 2500}"
NEVER = "the minimum of 2,500 h a month has no effect: in no month of any replication are fewer hours worked"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (PRICE, f"{PRICE}, {MINIMUM}", NEVER),
        (None, f"{PRICE}, {MINIMUM}", NEVER),
        (None, MINIMUM, "the minimum of 2,500 h a month has no effect: the contract has no price"),
        (f"{PRICE}, {MINIMUM}", PRICE, "leaving out the minimum has no effect: it was never owed"),
        (f"{PRICE}, {MINIMUM}", f"{PRICE}, {MINIMUM}", ""),
    ],
)
def test_a_minimum_that_was_never_owed(before: str | None, after: str, words: str) -> None:
    assert without_effect(run_with(before), run_with(after)) == ([f"north: {words}"] if words else [])


@pytest.mark.parametrize("owed", [("base",), ("variant",), ("base", "variant")])
@pytest.mark.parametrize(
    ("term", "measure"),
    [
        (MINIMUM, "minimum_fee"),
        (f"service_credits: {STEPS}", "service_credits"),
        ("forecast_lock: {weeks_ahead: 4, tolerance: 10%}", "service_credits"),
        ("quality: {target: 95%, credit: 1%}", "quality_credits"),
    ],
)
def test_what_one_month_of_one_replication_owes_is_an_effect(term: str, measure: str, owed: tuple[str, ...]) -> None:
    base, variant = ({measure: 0.01} if name in owed else {} for name in ("base", "variant"))
    assert without_effect(run_with(PRICE, owed=base), run_with(f"{PRICE}, {term}", owed=variant)) == []


@pytest.mark.parametrize(
    ("term", "what", "other"),
    [
        (f"service_credits: {STEPS}", "the service credits", "quality_credits"),
        ("forecast_lock: {weeks_ahead: 4, tolerance: 10%}", "the forecast lock", "minimum_fee"),
        ("quality: {target: 95%, credit: 1%}", "the credit for quality", "service_credits"),
    ],
)
def test_credits_that_no_month_owes(term: str, what: str, other: str) -> None:
    words = [f"north: the change of {what} has no effect: none is due in any month, before or after"]
    assert without_effect(run_with(PRICE, owed={other: 5}), run_with(f"{PRICE}, {term}")) == words
    assert without_effect(run_with(f"{PRICE}, {term}"), run_with(PRICE)) == words


def test_each_term_is_told_and_a_new_vendor_is_not() -> None:
    terms = f"{PRICE}, notice: 60 days, {LIMIT}, {MINIMUM}, service_credits: {STEPS}"
    kinds = ["notice of", "ramp limit of", "minimum of", "change of the service credits"]
    found = without_effect(run_with(PRICE), run_with(terms))
    assert [kind in line for kind, line in zip(kinds, found, strict=True)] == [True] * 4
    plan = scenario({"queues.mail.sla": SLA})
    layout = made.layout_with_money(plan)
    base = made.results(plan.model_copy(update={"vendors": {}}), quiet_figures(layout, 4))
    assert without_effect(base, run_with(terms)) == []
