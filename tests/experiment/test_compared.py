"""What a comparison says and asks for, of runs made by hand; nothing is simulated."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simcap.analysis.comparison import Run, run_of
from simcap.errors import Interrupted, RunError, ScenarioError
from simcap.experiment import compare as module
from simcap.experiment.batch import Batch
from simcap.experiment.comparable import check_comparable
from simcap.experiment.compare import compare
from simcap.experiment.compared import compared, widest
from simcap.experiment.comparison import Comparison
from simcap.experiment.reading import read_table
from simcap.experiment.results import Results
from simcap.planning.changes import Change
from simcap.planning.futures import in_futures
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.analysis.made import quiet_figures
from tests.comparisons import write_programme, write_variant
from tests.experiment import made
from tests.helpers import scenario

PRICE = "{currency: USD, price: {per_productive_hour: 20}}"
SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"


def a_run(name: str, **changes: Any) -> Results:
    """Return a run of four replications that meets everything."""
    plan = scenario({"name": name, "horizon.days": 14, "queues.mail.sla": SLA, **changes})
    layout = made.layout_with_money(plan)
    return made.results(plan, quiet_figures(layout, 4))


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


# -- tables -----------------------------------------------------------------------------------------------------------


def test_each_variant_has_its_rows() -> None:
    base, one, other = a_run("base"), a_run("one"), a_run("other")
    for run, arrived in ((base, 100.0), (one, 110.0), (other, 90.0)):
        run.figures.of("queues", "horizon", None, "arrived")[:, 0, 0] = arrived
    made.attain(one.figures, "horizon", 0, [900.0] * 4, [1000.0] * 4)
    found = compared([base, one, other])
    assert set(found) == {"slas", "misses", "queues", "vendors", "teams"}
    for frame in found.values():
        assert next(iter(frame.columns)) == "scenario"
        assert list(dict.fromkeys(frame["scenario"])) == ["one", "other"]
        assert "level" in frame
        assert frame.index.tolist() == list(range(len(frame)))
    arrived = found["queues"].query("measure == 'arrived' and period == 'horizon'")
    assert arrived["difference"].tolist() == [10, -10]
    assert set(found["queues"]["measure"]) == {"arrived", "completed", "expired", "open_at_end"}
    assert set(found["queues"]["period"]) == {"horizon", "month"}
    attained = found["slas"].query("period == 'horizon'")
    assert attained["difference"].tolist() == pytest.approx([-0.1, 0])
    assert set(found["slas"]["period"]) == {"horizon", "month", "week"}
    assert set(found["slas"]["measure"]) == {"attainment"}
    for name in ("vendors", "teams"):
        assert set(found[name]["period"]) == {"horizon", "month"}
        assert set(found[name]["measure"]) == set(base.layout.measures[name])


@pytest.mark.parametrize(("base", "variant"), [(True, True), (True, False), (False, True)])
def test_money_is_compared_where_both_have_a_price(base: bool, variant: bool) -> None:
    runs = [
        a_run(name, **({"vendors.north.contract": PRICE} if priced else {}))
        for name, priced in (("base", base), ("other", variant))
    ]
    for run, cost in zip(runs, (100.0, 80.0), strict=True):
        if run.layout.subjects["money"]:
            for period in ("horizon", "month"):
                run.figures.of("money", period, None, "net_cost")[:, :] = cost
    costs = compared(runs)["vendors"].query("measure == 'net_cost'")
    assert costs["difference"].tolist() == [-20] * len(costs)
    assert sorted(set(costs["period"])) == (["horizon", "month"] if base and variant else [])
    assert sorted(set(costs["vendor"])) == (["", "north"] if base and variant else [])


def test_a_table_that_is_empty_for_one_variant_is_not_in_its_way() -> None:
    """A variant that has other SLAs than the base has no rows among them; of one alone the columns are there."""
    renamed = SLA.replace("4 h:", "5 h:")
    base, other, alike = a_run("base"), a_run("other", **{"queues.mail.sla": renamed}), a_run("alike")
    assert set(compared([base, other, alike])["slas"]["scenario"]) == {"alike"}
    alone = compared([base, other])["slas"]
    assert alone.empty
    assert {"scenario", "difference", "level"} <= set(alone)


# -- precision --------------------------------------------------------------------------------------------------------


def test_the_widest_interval_is_that_over_the_horizon() -> None:
    slas = table(period=["horizon", "horizon", "week"], ci_low=[-0.02, -0.05, -0.9], ci_high=[0.02, 0.03, 0.9])
    vendors = table(
        period=["horizon"] * 4 + ["month"],
        measure=["net_cost"] * 3 + ["price", "net_cost"],
        base=[1000.0, 0.5, 0.0, 1.0, 1.0],
        ci_low=[-100.0, -0.1, -5.0, -5.0, -5.0],
        ci_high=[100.0, 0.1, 5.0, 5.0, 5.0],
    )
    assert widest({"slas": slas, "vendors": vendors}) == pytest.approx((0.04, 0.2))
    unpaid = widest({"slas": slas, "vendors": vendors[3:4]})
    assert unpaid[0] == pytest.approx(0.04)
    assert math.isnan(unpaid[1])


@pytest.mark.parametrize(
    ("count", "ratio", "following"),
    [(20, 1.5, 48), (20, 1.1, 28), (20, 1.0, 28), (100, 1.2, 152), (20, 3.0, 80), (400, 1.9, 1000), (900, 1.01, 964)],
)
def test_how_many_replications_come_next(count: int, ratio: float, following: int) -> None:
    """Five per cent more than the variance asks for; eight more at least, four times as many or 1,000 at most."""
    assert module._next(count, ratio) == following


class Runs:
    """Runs that are asked for, in the place of simulated ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, widths: Sequence[float] = (0.0,)) -> None:
        self.asked: list[tuple[str, int, int, str, int | None, bool]] = []
        self.told: list[tuple[int, int]] = []
        self.widths = list(widths)
        monkeypatch.setattr(module, "run_scenario", self._run)
        monkeypatch.setattr(module, "widest", lambda _tables: (self.widths.pop(0), math.nan))

    def _run(self, file: ScenarioFile, out: Path, **options: Any) -> Results:
        self.asked.append(
            (out.name, options["replications"], options["seed"], options["period"], options["jobs"], options["force"])
        )
        assert out.parent.name == "runs"
        options["progress"](1, 2)
        layout = made.layout_with_money(file.scenario)
        count = options["replications"]
        return made.results(file.scenario, quiet_figures(layout, count), notes=("both", file.scenario.name))

    def compare(self, folder: Path, *changes: str, **options: Any) -> Comparison:
        files = [load(write_programme(folder)), load(write_variant(folder, "other", *changes))]

        def progress(done: int, count: int) -> None:
            self.told.append((done, count))

        return compare(files, folder / "out", jobs=3, progress=progress, **options)


def test_a_comparison_runs_each_scenario_on_the_bases_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch, [0.25])
    found = runs.compare(tmp_path, "simulation: {replications: 9, seed: 8}")
    assert runs.asked == [("base", 4, 3, "week", 3, False), ("other", 4, 3, "week", 3, False)]
    assert runs.told == [(1, 4), (3, 4)]
    assert (found.base.scenario.name, found.of("other").scenario.name) == ("base", "other")
    assert (found.width, found.precision, found.notes) == (0.25, None, (("other",),))
    document = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert (document["base"], document["replications"], document["widest_interval"]) == ("base", 4, 0.25)
    assert document["notes"] == {"other": ["other"]}
    assert list(document["differs"]) == ["other"]
    assert sorted(path.stem for path in (tmp_path / "out" / "tables").iterdir()) == sorted(found.tables)


def test_each_scenario_is_run_in_each_future_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch)
    files = [load(write_programme(tmp_path)), load(write_variant(tmp_path, "other"))]
    busier = {"queues": {"rare": {"arrivals": {"per_week": 30}}}}
    futures = in_futures(files, [Change("rush", busier), Change("dull", {"queues": {"rare": {"title": "R"}}})])
    found = compare(files, tmp_path / "out", futures=futures, jobs=3, progress=lambda *_: None)
    names = ["base", "other", "base--rush", "other--rush", "base--dull", "other--dull"]
    assert [(asked[0], asked[1], asked[2]) for asked in runs.asked] == [(name, 4, 3) for name in names]
    assert [len(found.results), *(len(future.results) for future in found.futures)] == [2, 2, 2]
    assert [future.words for future in found.futures] == [
        ("rare, per_week: 20 -> 30",), ("rare, title: R (new)",),
    ]  # fmt: skip
    table = found.tables["futures"]
    assert list(zip(table["future"], table["scenario"], strict=True)) == [
        (future, name) for future in ("base", "rush", "dull") for name in ("base", "other")
    ]
    assert set(found.tables["slas"]["scenario"]) == {"other"}, "futures are not among the variants"
    document = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert list(document["futures"]) == ["rush", "dull"]
    assert list(document["differs"]) == ["other"]


def test_a_future_that_moves_the_horizon_is_refused(tmp_path: Path) -> None:
    files = [load(write_programme(tmp_path)), load(write_variant(tmp_path, "other"))]
    futures = in_futures(files, [Change("later", {"horizon": {"weeks": 5}})])
    with pytest.raises(ScenarioError, match=r"base--later: horizon: length in days is 35"):
        compare(files, tmp_path / "out", futures=futures)
    assert not (tmp_path / "out").exists()


def test_what_is_asked_for_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch)
    change = "queues: {rare: {sla: {1 h: null, 2 h: {measure: wait, within: 2 h, target: 95%, per: day}}}}"
    runs.compare(tmp_path, change, replications=2, seed=0, force=True)
    assert runs.asked == [("base", 2, 0, "day", 3, True), ("other", 2, 0, "day", 3, True)]


def test_a_single_replication_knows_no_width(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Runs(monkeypatch).compare(tmp_path, replications=1)
    assert found.width == math.inf
    assert json.loads((tmp_path / "out" / "comparison.json").read_text())["widest_interval"] is None


def test_more_are_run_until_the_width_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(monkeypatch, [0.04, 0.03, 0.02, 0.01])
    found = runs.compare(tmp_path, precision=0.02, force=True)
    assert [(count, force) for name, count, _, _, _, force in runs.asked if name == "base"] == [
        (4, True),
        (16, False),
        (38, False),
    ], "4 x 1.05 x 2**2, which is more than four times as many; 16 x 1.05 x 1.5**2; what is there stays"
    assert (found.width, found.precision) == (0.02, 0.02)
    few = Runs(monkeypatch, [0.02])
    few.compare(tmp_path, precision=0.02, replications=1, force=True)
    assert few.asked[0][1] == 2


def test_a_thousand_replications_are_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REPLICATIONS", 6)
    runs = Runs(monkeypatch, [0.5, 0.4, 0.3])
    found = runs.compare(tmp_path, precision=0.001)
    assert [asked[1] for asked in runs.asked] == [4, 4, 6, 6]
    assert found.width == 0.4


def test_what_is_there_already_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, int, int, list[str]]] = []

    def held(folder: Path, manifest: dict[str, Any]) -> int:
        asked.append((folder.relative_to(tmp_path), manifest["seed"], len(manifest["hash"]), manifest["periods"]))
        return {"base": 9, "other": 6}[folder.name]

    monkeypatch.setattr(module, "held", held)
    runs = Runs(monkeypatch, [0.5, 0.5])
    runs.compare(tmp_path, seed=8)
    assert [count for _, count, *_ in runs.asked] == [9, 9]
    periods = ["horizon", "month", "week"]
    places = (Path("out"), Path(".out.unfinished"))
    assert asked == [(place / "runs" / name, 8, 64, periods) for name in ("base", "other") for place in places]
    runs.compare(tmp_path, seed=8, force=True)
    assert [count for _, count, *_ in runs.asked[2:]] == [4, 4]


def test_each_variant_is_explained_against_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], list[float], Any]] = []

    def explained(files: Any, runs: Any, plan: Any, progress: Any) -> pd.DataFrame:
        progress(7, 8)
        asked.append(([file.scenario.name for file in files], [run.targets["mail", "", "1 h"] for run in runs], plan))
        return table(scenario=[files[1].scenario.name], vendor=[""], effect=[0.5])

    monkeypatch.setattr(module, "explained", explained)
    runs = Runs(monkeypatch, [0.5, 0.5])
    found = runs.compare(tmp_path, "queues: {mail: {sla: {1 h: {target: 90%}}}}", explain=True, seed=8)
    assert asked == [(["base", "other"], [0.95, 0.9], Batch(8, range(4), jobs=3))]
    assert runs.told[-1] == (7, 8)
    rows = found.tables["explained"].to_numpy().tolist()
    assert rows == [["other", "", 0.5, "all"]]
    assert "explained" not in runs.compare(tmp_path).tables

    def stopped(*_words: Any) -> pd.DataFrame:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "explained", stopped)
    words = "^stopped while explaining; the runs themselves are kept$"
    with pytest.raises(Interrupted, match=words):
        Runs(monkeypatch).compare(tmp_path, explain=True)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "photo.jpg").touch()
    runs = Runs(monkeypatch)
    with pytest.raises(RunError, match="holds something other than a comparison; it is left alone"):
        runs.compare(tmp_path)
    assert runs.asked == []


def test_a_term_of_a_contract_that_does_nothing_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Runs(monkeypatch).compare(tmp_path, "vendors: {north: {contract: {notice: 60 days}}}")
    words = "north: the notice of 60 days has no effect: no cut of its teams is planned"
    assert found.notes == (("other", words),)


# -- what cannot be compared ------------------------------------------------------------------------------------------

CONTRACTS = "vendors: {north: {contract: {currency: %s}}, south: {contract: {currency: %s}}}"


def refused(folder: Path, *variants: tuple[str, str]) -> list[str]:
    """Return the lines in which a comparison with variants (name, change) is refused."""
    files = [load(write_programme(folder))]
    files += [load(write_variant(folder, name, change)) for name, change in variants]
    with pytest.raises(ScenarioError) as caught:  # noqa: PT011 - all lines are compared
        check_comparable(files)
    return str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("horizon: {weeks: 5}", "length in days is 35, that of base is 28"),
        ("horizon: {start: 2026-10-12}", "start is 2026-10-12, that of base is 2026-10-05"),
        ("horizon: {timezone: Europe/London}", "timezone is Europe/London, that of base is UTC"),
        ("horizon: {warm_up: 2 days}", "warm_up is 172800.0, that of base is 604800.0"),
    ],
)
def test_other_days_are_told(tmp_path: Path, change: str, what: str) -> None:
    needed = "the same draws need the same days: give both the same horizon"
    assert refused(tmp_path, ("other", change)) == [f"other: horizon: {what}; {needed}"]


def test_all_that_is_in_the_way_is_told_at_once(tmp_path: Path) -> None:
    per = "queues: {mail: {sla: {1 h: {per: month}}}, rare: {sla: {1 h: {per: day}}}}"
    windows = "give it the same windows or a name of its own"
    currency = "contracts are in EUR, those of base in USD; give all in one currency"
    assert refused(tmp_path, ("one", per), ("two", CONTRACTS % ("EUR", "EUR"))) == [
        f"one: mail / 1 h is per month, in base per week; {windows}",
        f"one: rare / 1 h is per day, in base per week; {windows}",
        f"two: {currency}",
    ]


def test_names_that_are_taken_are_told_once(tmp_path: Path) -> None:
    files = [load(write_programme(tmp_path))]
    files += [load(write_variant(tmp_path, "other", "")), load(write_variant(tmp_path, "other", ""))]
    words = "other: two scenarios have this name; give each its own, under `name:`"
    with pytest.raises(ScenarioError, match=f"^{re.escape(words)}$"):
        check_comparable(files)


def test_what_can_be_compared_is(tmp_path: Path) -> None:
    free = "vendors: {north: {contract: null}, south: {contract: null}}"
    changed = "queues: {mail: {sla: {1 h: {target: 90%}, 2 h: {measure: wait, within: 2 h, target: 9%, per: day}}}}"
    files = [load(write_programme(tmp_path))]
    files += [load(write_variant(tmp_path, name, text)) for name, text in (("one", free), ("two", changed))]
    check_comparable(files)
    check_comparable(files[1:])


# -- sketches ---------------------------------------------------------------------------------------------------------


class Sketches:
    """Sketches that are asked for, in the place of made ones: each attains what `shares` say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Batch] = []
        monkeypatch.setattr("simcap.experiment.sketches.run_batch", self._run)

    def _run(self, files: Sequence[ScenarioFile], batch: Batch) -> list[Run]:
        self.asked.append(batch)
        assert batch.sketched
        layouts = [made.layout_with_money(file.scenario) for file in files]
        count = len(batch.replications)
        return [
            run_of(file.scenario, quiet_figures(layout, count)) for file, layout in zip(files, layouts, strict=True)
        ]


def test_each_scenario_is_sketched_on_the_common_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sketches = Sketches(monkeypatch)
    found = Runs(monkeypatch).compare(tmp_path, seed=8, sketches=30)
    assert sketches.asked == [Batch(8, range(30), ("horizon", "month", "week"), 3, sketched=("sla", "money"))]
    told = found.tables["precision"]
    assert next(iter(told.columns)) == "scenario"
    assert set(told["scenario"]) == {"other"}
    assert (set(told["replications"]), set(told["sketches"])) == ({4}, {30})
    assert set(told["measure"]) == {"attainment", "miss_probability", "net_cost"}
    again = read_table(tmp_path / "out" / "tables" / "precision.csv")
    assert again["why_counted"].tolist() == told["why_counted"].tolist()
    few = Runs(monkeypatch).compare(tmp_path, sketches=10, replications=12, force=True)
    assert set(few.tables["precision"]["sketches"]) == {12}, "at least one for each replication"
    assert "precision" not in Runs(monkeypatch).compare(tmp_path, force=True).tables


def test_sketches_are_made_once_for_a_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sketches = Sketches(monkeypatch)
    Runs(monkeypatch, [0.04, 0.03, 0.02]).compare(tmp_path, precision=0.02, sketches=30, force=True)
    wanted = [batch.replications for batch in sketches.asked]
    assert wanted == [range(30), range(30, 38)], "for 4, 16 and 38 replications"


def test_stopped_while_sketching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_words: Any) -> list[Run]:
        raise KeyboardInterrupt

    monkeypatch.setattr("simcap.experiment.sketches.run_batch", stopped)
    with pytest.raises(Interrupted, match=r"^stopped while sketching; the runs themselves are kept$"):
        Runs(monkeypatch).compare(tmp_path, sketches=30)


def test_with_sketches_the_widest_interval_is_theirs() -> None:
    keys = {"scenario": ["one"] * 3, "vendor": ["", "", "north"], "period": ["horizon"] * 3}
    vendors = table(
        **keys, measure=["net_cost"] * 3, base=[1000.0, 1000.0, 500.0], ci_low=[-9e9] * 3, ci_high=[9e9] * 3
    )
    slas = table(period=["horizon"], ci_low=[-1.0], ci_high=[1.0])
    told = table(
        scenario=["one"] * 4, vendor=[""] * 3 + ["north"], period=["horizon", "week", "horizon", "horizon"],
        measure=["attainment", "attainment", "miss_probability", "net_cost"],
        low=[-0.02, -0.5, -0.9, -30.0], high=[0.01, 0.5, 0.9, 20.0],
    )  # fmt: skip
    assert widest({"slas": slas, "vendors": vendors, "precision": told}) == pytest.approx((0.015, 0.05))
