"""What is written beside values about where they come from: taken out before a schema sees it, and held to be sound."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import ScenarioFile, load
from simcap.scenario.reading.source import Stamp
from tests.scenario.conftest import changed

Write = Callable[..., Path]
NORTH = "vendors.north"


def test_it_changes_nothing_of_the_scenario(write: Write) -> None:
    bare = write(changed({f"{NORTH}.shrinkage": {"absence": "8%", "offline": "12%"}}))
    stated = write(
        changed(
            {
                f"{NORTH}.shrinkage": {
                    "absence": {"value": "8%", "origin": "expert", "note": "the site lead's view"},
                    "offline": "12%",
                    "origin": "contract",
                    "source": "annex B",
                    "date": "2026-07-01",
                },
                "note": "a first draft",
            }
        )
    )
    assert load(stated).scenario == load(bare).scenario


def test_it_holds_for_a_mapping_and_the_nearest_goes_first(write: Write) -> None:
    north = {
        "origin": "contract",
        "source": "annex B",
        "attrition": {"per_year": {"value": "45%", "origin": "expert", "note": "guessed"}},
    }
    file = load(write(changed({f"{NORTH}.{key}": value for key, value in north.items()})))
    assert file.stamps[f"{NORTH}.attrition.per_year"] == Stamp("expert", "annex B", "", "guessed")
    assert file.stamps[f"{NORTH}.shrinkage.absence"] == Stamp("contract", "annex B", "", "")
    assert file.stamps["vendors.south.teams.krakow.agents"].origin == ""


def test_a_childs_value_is_not_covered_by_what_its_parent_says(write: Write) -> None:
    parent = write(changed({f"{NORTH}.shrinkage.origin": "contract"}), "parent.yaml")
    child = {"name": "More absence", "extends": parent.name, "vendors": {"north": {"shrinkage": {"absence": "10%"}}}}
    stamps = load(write(child, "child.yaml")).stamps
    assert stamps[f"{NORTH}.shrinkage.absence"].origin == ""
    assert re.fullmatch(r"child\.yaml:\d+", stamps[f"{NORTH}.shrinkage.absence"].source)
    assert stamps[f"{NORTH}.shrinkage.offline"].origin == "contract"
    assert re.fullmatch(r"parent\.yaml:\d+", stamps[f"{NORTH}.shrinkage.offline"].source)


def test_names_that_users_give_may_be_the_same_words(write: Write) -> None:
    queues = {name: {"arrivals": {"per_week": 10, "profile": "flat"}, "handle_time": {"constant": "1 min"}}
              for name in ("origin", "note", "value")}  # fmt: skip
    changes = {f"queues.{name}": queue for name, queue in queues.items()}
    changes[f"{NORTH}.teams.manila.skills"] = ["appeals", "listings", *queues]
    assert set(queues) < set(load(write(changed(changes))).scenario.queues)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("shrinkage.origin", "hearsay", "'hearsay' is not a known origin; write fitted, reported, contract, expert"),
        ("shrinkage.note", 5, "shrinkage.note: is not text; write for example note: annex B of the contract"),
        ("shrinkage", {"absence": "8%", "origin": "expert", "date": "last May"}, "'last May' is not a date; write"),
        ("shrinkage", {"absence": {"value": "800%", "origin": "expert"}}, "800%"),
        ("shrinkage", {"absence": "8%", "date": "2026-07-01"}, "shrinkage.date: unknown key"),
        ("shrinkage", {"absence": {"value": "8%"}}, "shrinkage.absence"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(write: Write, path: str, value: Any, message: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
        load(write(changed({f"{NORTH}.{path}": value})))
    assert re.match(r".*\.yaml:\d+:\d+: ", str(caught.value))


def test_only_the_file_of_the_calibration_says_what_is_fitted(calibrated: ScenarioFile) -> None:
    stamp = calibrated.stamps["queues.mail.arrivals.per_week"]
    assert stamp.origin == "reported"
    assert stamp.source == "parameters.yaml; weekly.xlsx, teams.csv; 12 observations; 2026-07-06 to 2026-10-04"
    assert (stamp.date, stamp.note) == ("2026-10-04", "too few weeks")
    assert calibrated.stamps["queues.mail.arrivals.growth"].origin == "prior"
    assert calibrated.stamps["queues.mail.handle_time.constant"] == Stamp("", "small.yaml:8")
