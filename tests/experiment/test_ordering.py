"""What another order of work alone would do: which figures it is told from, in what words, and when it is not tried."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simcap.analysis.figures import Figures, Layout
from simcap.experiment import ordering
from simcap.experiment.ordering import with_order_tried
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import layout_of, quiet_figures
from tests.experiment import made

PLAN = """
name: small
horizon: {start: 2026-10-05, weeks: 1, timezone: UTC}
queues:
  mail:
    arrivals: {per_day: 100}
    handle_time: {constant: 5 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 90%, per: week}}
  chat:
    arrivals: {per_day: 100}
    handle_time: {constant: 5 min}
    sla: {1 min: {measure: turnaround, within: 1 min, target: 90%, per: week}}
vendors:
  north: {teams: {day: {timezone: UTC, agents: 3, skills: [mail, chat], shift: {always: true}}}}
  south: {teams: {far: {timezone: UTC, agents: 3, skills: [mail, chat], shift: {always: true}}}}
"""
SPLIT = "routing: {allocation: {chat: {north: 50%, south: 50%}}}"
PERIODS = ("horizon", "week")
Attained = dict[int, tuple[float, float]]
"""By row of SLAs: items of 1,000 on time in the order of today and in the other."""


class Tried:
    """What a run of the other order gave, and what was asked for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str = PLAN) -> None:
        (folder / "small.yaml").write_text(text)
        self.file = load(folder / "small.yaml")
        self.layout = layout_of(self.file.scenario, PERIODS)
        self.asked: list[tuple[Any, ...]] = []
        self.other: Figures = {}
        monkeypatch.setattr(ordering, "outcomes", self._outcomes)

    def _outcomes(
        self, file: ScenarioFile, seed: int, numbers: Sequence[int], periods: tuple[str, ...], jobs: int
    ) -> Iterator[tuple[Outcome, Layout]]:
        self.asked.append((file.scenario.routing.rule, seed, list(numbers), periods, jobs))
        return ((one, self.layout) for one in made.outcomes(self.other) if one.replication in numbers)

    def results(self, attained: Attained, subjects: dict[str, str], replications: int = 4) -> Results:
        """Return results whose risks are caused as given, and let the other order attain what it is to attain."""
        today, self.other = (quiet_figures(self.layout, replications) for _ in range(2))
        for row, pair in attained.items():
            for figures, on_time in zip((today, self.other), pair, strict=True):
                made.attain(figures, "horizon", row, [on_time] * replications, [1000.0] * replications)
        risks = pd.DataFrame(
            {"subject": list(subjects), "cause": list(subjects.values()), "what_would_fix_it": "old advice"}
        )
        return made.results(self.file.scenario, today, {"risks": risks})

    def told(self, results: Results) -> list[str]:
        """Return what is said of each risk."""
        found = with_order_tried(self.file, results, PERIODS, 2)
        return list(found.tables["risks"]["what_would_fix_it"])


MAIL, CHAT = "mail / 1 h", "chat / 1 min"


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tried:
    return Tried(tmp_path, monkeypatch)


def test_what_it_gains_and_what_that_costs(tried: Tried) -> None:
    results = tried.results({0: (500, 800), 1: (900, 820)}, {MAIL: "behind", CHAT: "busy"})
    gain = "routing.rule: earliest_due alone brings it from 50% to 80%, chat / 1 min from 90% to 82%"
    assert tried.told(results) == [f"{gain} (simulated, 4 replications); old advice", "old advice"]
    assert tried.asked == [("earliest_due", 7, [0, 1, 2, 3], PERIODS, 2)]
    assert list(results.tables["risks"]["what_would_fix_it"]) == ["old advice"] * 2, "the results stay as they were"


@pytest.mark.parametrize(("cause", "rule"), [("busy", ""), ("behind", "routing: {rule: earliest_due}")])
def test_it_is_not_tried_where_nothing_blames_the_order_or_it_is_that_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: str, rule: str
) -> None:
    tried = Tried(tmp_path, monkeypatch, PLAN + rule)
    results = tried.results({0: (500, 800)}, {MAIL: cause})
    assert with_order_tried(tried.file, results, PERIODS, 2) is results
    assert tried.asked == []


def test_a_ratio_of_sums_of_the_first_four_replications(tried: Tried) -> None:
    results = tried.results({}, {MAIL: "behind"}, replications=6)
    counted = [100.0, 100.0, 100.0, 700.0, 100.0, 100.0]
    made.attain(results.figures, "horizon", 0, [0.0, 0.0, 0.0, 500.0, 100.0, 100.0], counted)
    made.attain(tried.other, "horizon", 0, [100.0, 100.0, 100.0, 300.0, 0.0, 0.0], counted)
    (told,) = tried.told(results)
    assert "from 50% to 60%" in told
    assert "(simulated, 4 replications)" in told
    assert tried.asked[0][2] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (20, "alone brings it from 1% to 2%, at no other's cost"),
        (19, "alone hardly helps: from 1.0% to 1.9%"),
        (10, "alone does not help: from 1.0% to 1.0%"),
        (5, "alone does not help: from 1.0% to 0.5%"),
    ],
)
def test_a_point_is_worth_telling(tried: Tried, after: float, words: str) -> None:
    (told,) = tried.told(tried.results({0: (10, after)}, {MAIL: "behind"}, replications=1))
    assert told == f"routing.rule: earliest_due {words} (simulated, 1 replication); old advice"


@pytest.mark.parametrize(
    ("advice", "left"),
    [
        ("mail earlier in the order of skills or routing.rule: earliest_due", "mail earlier in the order of skills"),
        ("another routing.rule", "routing.rule: priority"),
    ],
)
def test_what_was_tried_in_vain_is_not_proposed(tried: Tried, advice: str, left: str) -> None:
    for after, said in ((990, advice), (955, left)):
        results = tried.results({0: (950, after)}, {MAIL: "behind"})
        risks = results.tables["risks"].assign(what_would_fix_it=f"an ordering problem: {advice}")
        told = tried.told(dataclasses.replace(results, tables={"risks": risks}))
        assert told[0].endswith(f"; an ordering problem: {said}")


@pytest.mark.parametrize(("after", "cost"), [(10, ", chat / 1 min from 2% to 1%"), (11, ", at no other's cost")])
def test_a_point_lost_elsewhere_is_a_cost(tried: Tried, after: float, cost: str) -> None:
    (told,) = tried.told(tried.results({0: (500, 800), 1: (20, after)}, {MAIL: "behind"}, replications=2))
    assert told.startswith(
        f"routing.rule: earliest_due alone brings it from 50% to 80%{cost} (simulated, 2 replications)"
    )


def test_of_an_allocated_queue_its_vendors_pay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows: mail; chat as a whole, by north and by south. The whole is no contract, though it loses most here."""
    tried = Tried(tmp_path, monkeypatch, PLAN + SPLIT)
    attained = {0: (500, 800), 1: (900, 500), 2: (900, 840), 3: (900, 700)}
    (told,) = tried.told(tried.results(attained, {MAIL: "behind"}))
    assert "from 50% to 80%, chat / 1 min (south) from 90% to 70% (" in told
    (told,) = tried.told(tried.results({1: (900, 500), 3: (700, 900)}, {f"{CHAT} (south)": "behind"}))
    assert "alone brings it from 70% to 90%, at no other's cost (" in told


def test_the_only_sla_pays_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = PLAN.replace("    sla: {1 min: {measure: turnaround, within: 1 min, target: 90%, per: week}}\n", "")
    tried = Tried(tmp_path, monkeypatch, alone)
    (told,) = tried.told(tried.results({0: (500, 800)}, {MAIL: "behind"}))
    assert "from 50% to 80%, at no other's cost" in told
