"""Terms of a contract that nothing touches say so; those that bite do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.experiment.compare import Comparison
from tests.comparisons import held

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
