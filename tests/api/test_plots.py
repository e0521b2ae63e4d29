"""Charts of results in Python, what tables hold, and files made from results on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

import simcap.api
from simcap.errors import RunError
from simcap.experiment.reading import read_comparison, read_run
from tests.report.conftest import compared_folder, priced, run_folder  # noqa: F401 - fixtures

PNG = b"\x89PNG"


def test_a_run_draws_its_charts(run_folder: Path, tmp_path: Path) -> None:  # noqa: F811
    plot = read_run(run_folder).plot  # type: ignore[attr-defined]
    pictures = [plot.sla(), plot.sla("appeals"), plot.risk(), plot.backlog(), plot.headcount()]
    assert "New listing review" in pictures[0].figure.texts[0].get_text()
    assert "appeals" in pictures[1].figure.texts[0].get_text()
    assert all(picture._repr_png_().startswith(PNG) for picture in pictures[:2])
    assert pictures[2].save(tmp_path / "risk.svg").read_text().startswith("<?xml")
    assert repr(plot) == (
        "plot.sla(queue), .risk(), .backlog(), .headcount(), .hours(), .money(); queues with an SLA: listings, appeals"
    )
    with pytest.raises(ValueError, match="'quality' is no queue with an SLA; there are: listings, appeals"):
        plot.sla("quality")
    with pytest.raises(ValueError, match="there is no team short of hours to draw"):
        plot.hours()
    with pytest.raises(ValueError, match="sheet 2 is not one of the 1 there are"):
        plot.backlog(2)


def test_a_comparison_draws_its_charts(compared_folder: Path) -> None:  # noqa: F811
    plot = read_comparison(compared_folder).plot  # type: ignore[attr-defined]
    assert plot.sla("mail")._repr_png_().startswith(PNG)
    assert plot.cost()._repr_png_().startswith(PNG)
    assert "queues that differ: mail" in repr(plot)
    with pytest.raises(ValueError, match="'rare' is no queue that differs"):
        plot.sla("rare")


def test_every_column_of_a_run_and_a_comparison_has_a_meaning(run_folder: Path, compared_folder: Path) -> None:  # noqa: F811
    for folder in (run_folder, compared_folder):
        found = simcap.table_columns(folder)
        assert list(found.columns) == ["table", "holds", "rows", "column", "unit", "meaning"]
        assert found["meaning"].ne("").all(), found[found["meaning"] == ""]
        assert found["holds"].ne("").all()
    sla = found[found["table"] == "tables/slas.csv"].set_index("column")
    assert sla.loc["difference", "unit"] == "by measure"
    assert sla.loc["lower", "unit"] == "chance"


def test_tables_of_no_results_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no tables; name a folder"):
        simcap.table_columns(tmp_path)


def test_files_are_exported_into_the_folder(run_folder: Path) -> None:  # noqa: F811
    files = simcap.export(run_folder, xlsx=True, pptx=True)
    assert files == [run_folder / "report.xlsx", run_folder / "report.pptx"]
    assert all(path.stat().st_size > 10_000 for path in files)
    assert simcap.export(run_folder) == []
