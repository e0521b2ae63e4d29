"""Files of futures: read as shocks are, and made to each scenario of a comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.errors import ScenarioError
from simcap.planning.changes import Change
from simcap.planning.futures import in_futures, read_futures
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.comparisons import write_programme, write_variant

SURGE = "surge: {events: {more: {surge: {queue: mail, from: 2026-10-12, for: 7 days, factor: 1.5}}}}\n"


def files(folder: Path, change: str = "queues: {rare: {arrivals: {per_week: 30}}}") -> list[ScenarioFile]:
    return [load(write_programme(folder)), load(write_variant(folder, "other", change))]


def test_each_scenario_is_changed_alike(tmp_path: Path) -> None:
    both = files(tmp_path)
    path = tmp_path / "futures.yaml"
    path.write_text(SURGE)
    changed = in_futures(both, read_futures(path, both[0]))
    assert [file.scenario.name for file in changed["surge"]] == ["base--surge", "other--surge"]
    assert [list(file.scenario.events) for file in changed["surge"]] == [["more"], ["more"]]
    assert [file.folder_name for file in changed["surge"]] == ["base--surge", "other--surge"]
    assert not both[0].scenario.events


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("surge: {}\n", r"futures.yaml:1:1: surge: changes nothing; write what a future changes, as in a scenario"),
        ("surge: {queue: {}}\n", r"futures.yaml:1:9: queue: unknown key; did you mean 'queues'"),
        (
            SURGE.replace("surge: {ev", "Base: {ev"),
            r"futures.yaml: Base: is the name of the future that is always there",
        ),
        (SURGE.replace("surge: {ev", "../x: {ev"), r"futures.yaml: ../x: folders are named after futures"),
        (SURGE + SURGE.replace("surge: {ev", "Surge: {ev"), r"Surge: another future is called alike"),
        ("name: base\nhorizon: {weeks: 4}\n", r"is a scenario, not a file of futures; give a file of futures"),
    ],
)
def test_what_is_wrong_has_its_place(tmp_path: Path, text: str, message: str) -> None:
    base = files(tmp_path)[0]
    path = tmp_path / "futures.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=message):
        read_futures(path, base)


def test_a_future_that_one_scenario_cannot_have_is_refused(tmp_path: Path) -> None:
    both = files(tmp_path, "queues: {rare: null}\nvendors: {north: {teams: {few: null}}}")
    surge = Change("rush", {"events": {"more": {"surge": {"queue": "rare", "from": "2026-10-12", "for": "7 days",
                                                          "factor": 2}}}})  # fmt: skip
    with pytest.raises(ScenarioError, match=r"^future rush: events.more.*rare.* \(in 'other'\)"):
        in_futures(both, [surge])
