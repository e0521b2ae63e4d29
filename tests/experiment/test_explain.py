"""What each difference does alone, of runs whose figures are a formula of the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.analysis.comparison import Run, run_of
from simcap.experiment import explain
from simcap.experiment.batch import Batch
from simcap.experiment.explain import explained
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import quiet_figures
from tests.comparisons import write_programme, write_variant
from tests.experiment import made

NAMES = ["scenario", "difference", "queue", "vendor", "sla", "measure", "effect", "ci_low", "ci_high"]
SIZE = np.array([1000.0, 2000.0, 3000.0, 4000.0])
"""Items of each replication."""


def volume(file: ScenarioFile) -> float:
    arrivals = file.scenario.queues["mail"].arrivals
    assert arrivals is not None
    assert arrivals.per_week is not None
    return arrivals.per_week[0]


def run_by_formula(file: ScenarioFile) -> Run:
    """Return a run in which an agent adds a point, a tenth of the volume takes two, and both together another.

    Net cost is ten for each agent, and one more in each replication.
    """
    plan = file.scenario
    layout = made.layout_with_money(plan, ("horizon",))
    figures = quiet_figures(layout, SIZE.size)
    agents = (plan.vendors["north"].teams["day"].agents or 0) - 3
    more = volume(file) / 5000 - 1
    share = 0.8 + 0.01 * agents - 0.2 * more + 0.1 * agents * more
    shares = np.array([0.0, 0.3, 0.0, 0.4]) if agents == -2 else np.full(4, share)
    for row, (queue, _, _) in enumerate(layout.subjects["sla"]):
        on_time = SIZE * (shares if queue == "mail" else 0.5)
        made.attain(figures, "horizon", row, on_time.tolist(), SIZE.tolist())
    if layout.subjects["money"]:
        cost = 10.0 * agents + np.arange(4)
        figures.of("money", "horizon", None, "net_cost")[:, -1, 0] = cost
    return run_of(plan, figures)


class Explained:
    """A base and a variant, and what was run beside them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
        self.ran: list[tuple[int | None, float]] = []
        self.plans: list[Batch] = []
        monkeypatch.setattr(explain, "run_batch", self._run_batch)
        self.files = load(write_programme(folder)), load(write_variant(folder, "other", change))
        self.plan = Batch(3, range(4), jobs=1)
        runs = run_by_formula(self.files[0]), run_by_formula(self.files[1])
        self.table = explained(self.files, runs, self.plan, lambda _done, _count: None)

    def _run_batch(self, files: Sequence[ScenarioFile], plan: Batch, progress: Any) -> list[Run]:
        progress(1, 1)
        self.plans.append(plan)
        self.ran += [(file.scenario.vendors["north"].teams["day"].agents, volume(file)) for file in files]
        return [run_by_formula(file) for file in files]

    def effects(self, measure: str = "attainment", queue: str = "mail", vendor: str = "") -> list[float]:
        """Return the effects on one figure, in the order of the table."""
        rows = self.table[(self.table["measure"] == measure) & (self.table["queue"] == queue)]
        return list(rows[rows["vendor"] == vendor]["effect"])


BOTH = "queues: {mail: {arrivals: {per_week: 5500}}}\nvendors: {north: {teams: {day: {agents: 5}}}}"


def test_each_alone_all_together_and_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two agents: 2 points; a tenth more volume: -2; both: those, and 2 points more that neither has alone."""
    found = Explained(tmp_path, monkeypatch, BOTH)
    assert list(found.table.columns) == NAMES
    assert set(found.table["scenario"]) == {"other"}
    assert found.ran == [(3, 5500), (5, 5000)]
    assert found.plans == [found.plan]
    names = list(dict.fromkeys(found.table["difference"]))
    assert names[2:] == ["all together", "only together"]
    assert "5,500" in names[0] or "5500" in names[0]
    assert names[1] == "north, day, agents: 3 -> 5"
    assert found.effects() == pytest.approx([-0.02, 0.02, 0.02, 0.02])
    assert found.effects(vendor="south") == pytest.approx([-0.02, 0.02, 0.02, 0.02])
    assert found.effects(queue="rare") == pytest.approx([0, 0, 0, 0])
    assert found.effects("net_cost", "") == pytest.approx([0, 20, 20, 0])
    rows = found.table.query("measure == 'net_cost' and difference == 'all together'")
    assert rows[["queue", "vendor", "sla"]].to_numpy().tolist() == [["", "", ""]]
    assert rows[["ci_low", "ci_high"]].to_numpy().tolist() == [[20, 20]]


def test_what_cannot_be_alone_comes_with_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A team for a queue that is new is no scenario without that queue, which in turn needs a team."""
    new = "queues: {chat: {arrivals: {per_week: 10}, handle_time: {constant: 1 min}}}"
    team = "{timezone: UTC, agents: 1, skills: [chat], shift: {always: true}}"
    teams = f"vendors: {{north: {{teams: {{day: {{agents: 5}}, talk: {team}}}}}}}"
    found = Explained(tmp_path, monkeypatch, f"{new}\n{teams}")
    names = list(dict.fromkeys(found.table["difference"]))
    assert names[-2:] == ["all together", "only together"]
    assert sum(" and " in name for name in names) == 1
    assert names[0].startswith("north, day, agents: 3 -> 5")
    assert found.effects()[-2:] == pytest.approx([0.02, 0.0])


def test_net_cost_only_where_the_same_are_paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Explained(tmp_path, monkeypatch, "vendors: {south: {contract: {price: null}}}")
    assert set(found.table["measure"]) == {"attainment"}


def test_what_measures_nothing_alike_has_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "{2 h: {measure: wait, within: 2 h, target: 95%, per: week}, 1 h: null}"
    change = (
        f"queues: {{mail: {{sla: {other}}}, rare: {{sla: {other}}}}}\nvendors: {{south: {{contract: {{price: null}}}}}}"
    )
    found = Explained(tmp_path, monkeypatch, change)
    assert list(found.table.columns) == NAMES
    assert found.table.empty


def test_what_is_no_scenario_without_another_difference_comes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work can be allocated to a new vendor only once it is there; the agents of another do not help."""
    team = "{timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}"
    vendors = f"vendors: {{north: {{teams: {{day: {{agents: 5}}}}}}, east: {{teams: {{new: {team}}}}}}}"
    split = "routing: {allocation: {mail: {north: 60%, south: 20%, east: 20%}}}"
    found = Explained(tmp_path, monkeypatch, f"{vendors}\n{split}")
    first, second, *rest = dict.fromkeys(found.table["difference"])
    assert first == "north, day, agents: 3 -> 5"
    new = "east: teams new timezone UTC, agents 2, skills mail, shift always yes (new)"
    shares = "mail, south: 40% -> 20% and routing, allocation, mail, east: 20% (new)"
    assert second == f"{new} and routing, allocation, {shares}"
    assert rest == ["all together", "only together"]
    assert found.effects() == pytest.approx([0.02, 0, 0.02, 0])


def test_an_effect_on_attainment_has_an_interval_of_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one agent left 0% to 40% are on time, of 80%: Student's interval would go below -1."""
    found = Explained(tmp_path, monkeypatch, "vendors: {north: {teams: {day: {agents: 1}}}}").table
    row = found.query("queue == 'mail' and vendor == '' and difference == 'all together'").iloc[0]
    assert row["effect"] == pytest.approx((0.3 * 2 + 0.4 * 4) / 10 - 0.8)
    assert -1 < row["ci_low"] < row["effect"] - 0.1


def test_what_needs_two_others_is_in_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work for two new vendors is no scenario with either of them alone."""
    team = "{timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}"
    vendors = f"vendors: {{east: {{teams: {{new: {team}}}}}, west: {{teams: {{newer: {team}}}}}}}"
    split = "routing: {allocation: {mail: {north: 60%, south: 10%, east: 20%, west: 10%}}}"
    found = Explained(tmp_path, monkeypatch, f"{vendors}\n{split}")
    first, second, *rest = dict.fromkeys(found.table["difference"])
    assert [first.split(":")[0], second.split(":")[0]] == ["east", "west"]
    assert "allocation" not in first + second
    assert rest == ["all together", "only together"]
