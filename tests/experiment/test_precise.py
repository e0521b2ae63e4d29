"""Replications and sketches until a precision is reached: no more than that, and what is missing is said."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.figures import Figures
from simcap.cli import main
from simcap.experiment import precise as module
from simcap.experiment.precise import Numbers, Precise, asked, cost_of, until_precise, with_half
from simcap.experiment.reading import read_run
from tests.analysis.made import quiet_figures
from tests.comparisons import write_programme
from tests.experiment.made import layout_with_money
from tests.helpers import scenario

Z = 1.6448536
SLA = "{4 h: {measure: turnaround, within: 4 h, target: 50%, per: week}}"
PLAN = scenario({"horizon.days": 24, "queues.mail.sla": SLA})
LAYOUT = layout_with_money(PLAN)
ITEMS = 10_000.0


def drawn(count: int, noise: float) -> Figures:
    """Return replications whose attainment varies by five points that sketches know, and by `noise` of their own."""
    common = np.random.default_rng(1).normal(0.9, 0.05, 4000)[:count]
    own = common + np.random.default_rng(2).normal(0.0, 1.0, 4000)[:count] * noise
    figures = quiet_figures(LAYOUT, count)
    for period in ("horizon", "week"):
        shares = np.clip(own, 0, 1)[:, None].round(4)
        for name, values in (("attainment", shares), ("on_time", shares * ITEMS), ("counted", ITEMS)):
            figures.of("sla", period, None, name)[:, 0] = values
    figures.of("queues", "horizon", None, "arrived")[:] = 1e6
    figures.of("teams", "horizon", None, "on_floor_hours")[:] = 1e4
    return figures


class Desk:
    """A desk whose sketches explain all but a part of what varies."""

    def __init__(self, noise: float) -> None:
        self.noise = noise
        self.simulated: list[int] = []
        self.sketched: list[int] = []

    def until(self, precision: float, most: int, start: Numbers = module.PILOT) -> Precise:
        return until_precise(PLAN, precision, most, start, self._simulate, self._sketch)

    def _simulate(self, count: int) -> Figures:
        self.simulated.append(count)
        return drawn(count, self.noise)

    def _sketch(self, count: int) -> Run:
        self.sketched.append(count)
        return run_of(PLAN, drawn(count, 0.0))


def test_sketches_reach_a_precision_that_counting_needs_many_replications_for() -> None:
    desk = Desk(0.01)
    found = desk.until(0.005, 1000)
    assert found.wide.empty
    half = ((found.table["high"] - found.table["low"]) / 2)[found.table["measure"] == "attainment"]
    assert half.max() <= 0.005
    counting = (0.05 * Z / 0.005) ** 2
    assert found.numbers.simulated < counting / 5
    assert found.numbers.sketched < 2.5 * counting
    assert desk.simulated == sorted(desk.simulated), "nothing but more"
    words = f"reached with {found.numbers.simulated} replications and {found.numbers.sketched} sketches"
    assert found.words == f"attainment within 0.5 points and chances within 5 points, in every SLA and window: {words}"


def test_a_useless_sketch_leaves_it_to_replications() -> None:
    found = Desk(0.2).until(0.05, 1000)
    assert found.wide.empty
    assert found.numbers.simulated == pytest.approx((math.hypot(0.05, 0.2) * Z / 0.05) ** 2, rel=0.6)


def test_bounds_are_kept_and_what_is_missing_is_said() -> None:
    found = Desk(0.03).until(0.0005, 12)
    most = int(12 / cost_of(PLAN, drawn(1, 0.0)))
    assert found.numbers == (12, most), "sketches cost no more than all replications"
    assert (found.wide["half"] > 0.0005).all()
    known, chances = found.judged.groupby("measure")["half"].max()
    assert found.words == (
        f"attainment within 0.05 points and chances within 5 points: not reached in {len(found.wide)} of 7 figures "
        f"with 12 replications and {most} sketches, the most allowed; attainment is known within "
        f"{100 * known:.2g} points, chances within {100 * chances:.2g} points"
    )


def test_only_judged_windows_are_asked_for() -> None:
    rows = [
        ("attainment", "horizon", 0),
        ("attainment", "week", 0),
        ("attainment", "week", 3),
        ("miss_probability", "week", 1),
    ]
    table = pd.DataFrame(
        [
            {
                "measure": measure,
                "period": period,
                "start": LAYOUT.windows[period].labels[window],
                "low": 0.1,
                "high": 0.18,
            }
            for measure, period, window in rows
        ]
    )
    judged = with_half(table, LAYOUT)
    assert judged.index.tolist() == [0, 1, 3], "the last week is not whole"
    assert judged["half"].tolist() == pytest.approx([0.04] * 3)


def test_the_numbers_are_those_of_the_variance_that_a_row_tells() -> None:
    error2 = 0.0016 * (0.1 / 10 + 0.9 / 100)
    row = {
        "measure": "attainment", "replications": 10, "sketches": 100, "effective": 0.0016 / error2,
        "half": Z * math.sqrt(error2),
    }  # fmt: skip
    found = asked(pd.DataFrame([row]), 0.004, 0.01, Numbers(10**6, 10**6))
    known = 0.0016 / (0.004 / Z) ** 2
    ratio = math.sqrt(0.9 / 0.1 / 0.01)
    assert found.simulated == pytest.approx(known * (0.1 + 0.9 / ratio), abs=1)
    assert found.sketched == pytest.approx(known * (0.1 * ratio + 0.9), rel=0.1)
    unknown = asked(pd.DataFrame([row | {"effective": np.nan}]), 0.004, 0.01, Numbers(10**6, 10**6))
    assert unknown.simulated == pytest.approx(10 * error2 / (0.004 / Z) ** 2, abs=1)


def test_a_sketch_costs_what_the_size_of_the_scenario_says() -> None:
    assert cost_of(PLAN, drawn(3, 0.0)) == pytest.approx((24 * 4e-4 + 1e4 * 1.5e-7) / (24 * 1.5e-3 + 1e6 * 4e-7))


# -- the command ------------------------------------------------------------------------------------------------------


def run(folder: Path, *words: object) -> Result:
    write_programme(folder)
    out = ("--out", folder / "out", "-j", 1, "--no-charts")
    return CliRunner().invoke(main, ["run", str(folder / "base.yaml"), *map(str, (*out, *words))])


def test_the_command_simulates_no_more_than_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHANCES", 0.9)
    done = run(tmp_path, "-n", 12, "--precision", "20%")
    assert done.exit_code == 0, done.output
    results = read_run(tmp_path / "out")
    assert results.replications == 8, "a pilot is enough"
    told = results.tables["precision"]
    assert set(told["replications"]) == {results.replications}
    (note,) = [
        note for note in results.notes if note.startswith("attainment within 20 points and chances within 90 points")
    ]
    assert note in " ".join(done.output.split())
    tables = [(tmp_path / "out" / "tables" / name).read_bytes() for name in ("sla.csv", "precision.csv")]
    again = run(tmp_path, "-n", 12, "--precision", "20%")
    assert again.exit_code == 0, again.output
    assert [(tmp_path / "out" / "tables" / name).read_bytes() for name in ("sla.csv", "precision.csv")] == tables


def test_a_folder_with_more_replications_gives_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHANCES", 0.9)
    assert run(tmp_path, "-n", 11).exit_code == 0
    done = run(tmp_path, "-n", 9, "--precision", "90%")
    assert done.exit_code == 0, done.output
    results = read_run(tmp_path / "out")
    assert results.replications == 11
    assert set(results.tables["precision"]["replications"]) == {11}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--precision", "0"), "0 is not between 0% and 100%"),
        (("--precision", "1%", "--variance"), "--precision saves them; leave one out"),
        (("--precision", "1%", "-n", 1), "--precision needs at least 2 replications"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path: Path, words: tuple[object, ...], why: str) -> None:
    done = run(tmp_path, *words)
    assert done.exit_code != 0
    assert why in " ".join(done.output.split())
    assert not (tmp_path / "out").exists()
