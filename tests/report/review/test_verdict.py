"""The verdict: how service stands, and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.experiment.results import Results
from simcap.report.review.money import money_of
from simcap.report.review.verdict import Verdict, verdict_of
from simcap.report.review.workforce import hours_finding, teams_of
from simcap.report.wording.sla_rows import sla_rows
from tests.report.made import BASE, changed, made

ONE: dict[str, Any] = changed(queues={"listings": BASE["queues"]["listings"]}, routing={}, events={})


def verdict(results: Results) -> Verdict:
    return verdict_of(results, sla_rows(results), money_of(results))


def missing(count: int, replications: int = 20) -> Results:
    """Return results in which so many replications miss one week."""
    attainment = np.full((replications, 13), 0.97)
    attainment[:count, 5] = 0.90
    return made(ONE, replications, attainment=attainment)


@pytest.mark.parametrize(
    ("count", "replications", "standing"),
    [(10, 20, "does not hold"), (9, 20, "at risk"), (2, 20, "at risk"), (0, 20, "not shown"), (0, 40, "holds")],
)
def test_a_half_is_likely_and_a_tenth_is_a_risk(count: int, replications: int, standing: str) -> None:
    assert verdict(missing(count, replications)).standing == standing


def test_the_worst_slas_are_named_with_their_chances() -> None:
    assert verdict(missing(4)).sentences[0] == (
        "No SLA is likely to be missed, but 1 of 1 is at risk: listings / 4 h (20% [8%, 42%])."
    )


def test_a_vendor_that_misses_makes_its_sla_missed() -> None:
    document = changed(queues={"listings": BASE["queues"]["listings"]}, events={})
    results = made(document, 40, attainment=0.97)
    subjects = results.layout.subjects["sla"]
    place = subjects.index(("listings", "north", "4 h"))
    attained = results.figures.of("sla", "week", subjects[place], "attainment")
    attained[:, 3] = 0.90
    words = verdict(results).sentences[0]
    assert words == "1 of 1 SLA is likely to be missed at least once: listings / 4 h (north) (100% [91%, 100%])."


def test_without_a_price_cost_is_not_known() -> None:
    assert verdict(missing(0)).sentences[1] == "No contract has a price, so its cost is not known."


def test_without_an_sla_there_is_nothing_to_judge() -> None:
    queue = {key: value for key, value in BASE["queues"]["listings"].items() if key != "sla"}
    found = verdict(made(ONE | {"queues": {"listings": queue}}))
    assert (found.standing, found.sentences[0]) == ("nothing to judge", "No queue has an SLA.")


def test_required_hours_keep_a_team_busy_for_92_percent() -> None:
    results = missing(0)
    manila, krakow = teams_of(results)
    assert manila.required == pytest.approx(24 * 40 / 0.92)
    assert not manila.short.any(), "30 hours an agent are enough for 26.1"
    results.figures.of("teams", "week", ("south", "krakow"), "busy_hours")[:, 4] = 30 * 30 * 0.95
    assert teams_of(results)[1].finding == "short of hours in 1 of 13 weeks, most from 2 Nov (29 h)"
    assert hours_finding(tuple(teams_of(results))) == "1 of 2 teams is short of hours: krakow (1 week)"
    assert krakow.finding == "hours suffice in every week"
