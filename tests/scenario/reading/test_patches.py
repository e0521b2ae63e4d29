"""Patches of a file of their own: each slip at its place, with the name that was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simcap.scenario.reading.loading import load
from simcap.scenario.reading.patches import patch_problems
from simcap.scenario.reading.source import read_tree
from tests.scenario.conftest import BASE

Write = Callable[..., Path]


def problems(write: Write, text: str) -> list[str]:
    tree, wrong = read_tree(text, "shocks.yaml")
    assert tree is not None
    assert not wrong
    file = load(write(BASE))
    return [str(problem) for _, patch in tree.children() for problem in patch_problems(file, patch)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "flood:\n  evnts: {f: {surge: {from: 2026-10-12, for: 3 days, factor: 2}}}\n",
            "shocks.yaml:2:3: evnts: unknown key; did you mean 'events'?",
        ),
        (
            "flood:\n  events:\n    f: {surge: {from: 2026-10-12, fro: 3 days, for: 3 days, factor: 2}}\n",
            "shocks.yaml:3:35: events.f.surge.fro: unknown key; did you mean 'from'?",
        ),
        (
            "flood:\n  events:\n    f: {surge: {queue: listing, from: 2026-10-12, for: 3 days, factor: 2}}\n",
            "shocks.yaml:3:24: events.f.surge.queue: there is no queue 'listing'; did you mean 'listings'?",
        ),
        (
            "loss:\n  vendors: {nrth: {attrition: {per_year: 60%}}}\n",
            "shocks.yaml:2:13: vendors.nrth: there is no vendor 'nrth' to change; did you mean 'north'?",
        ),
        (
            "loss:\n  queues: {listing: {max_per_day: 4 h}}\n",
            "shocks.yaml:2:12: queues.listing: there is no queue 'listing' to change; did you mean 'listings'?",
        ),
        (
            "loss:\n  vendors: {north: {teams: {manilla: {agents: 3}}}}\n",
            (
                "shocks.yaml:2:29: vendors.north.teams.manilla: "
                "there is no team 'manilla' to change; did you mean 'manila'?"
            ),
        ),
        (
            "loss:\n  vendors: {north: {hiring: {classes: {oct: {sise: 3}}}}}\n",
            "shocks.yaml:2:46: vendors.north.hiring.classes.oct.sise: unknown key; did you mean 'size'?",
        ),
        (
            "loss:\n  vendors: {north: {hiring: {classes: {okt: null}}}}\n",
            (
                "shocks.yaml:2:40: vendors.north.hiring.classes.okt: removes nothing: no parent gives 'okt' here; "
                "did you mean 'oct'?"
            ),
        ),
        (
            "loss:\n  vendors: {north: {attrition: 60%}}\n",
            "shocks.yaml:2:32: vendors.north.attrition: '60%' is not a mapping; write {per_year: 60%}",
        ),
    ],
)
def test_a_slip_names_what_was_meant_where_it_stands(write: Write, text: str, message: str) -> None:
    assert problems(write, text) == [message]


def test_an_event_that_may_be_new_is_told_what_it_lacks_too(write: Write) -> None:
    assert problems(write, "a: {events: {peak2: {surge: {from: 2026-10-12, factor: 2}}}}\n") == [
        "shocks.yaml:1:14: events.peak2: there is no event 'peak2' to change; did you mean 'peak'?",
        (
            "shocks.yaml:1:22: events.peak2.surge.for: is missing; give it: Length; whole days end at the same clock "
            "time, even if the clocks change in between, for example `for: 5 days`"
        ),
    ]


def test_everything_is_told_at_once(write: Write) -> None:
    found = problems(
        write,
        "a: {events: {f: {surge: {from: 2026-10-12, for: 3, factor: 2}}}}\nb: {vendors: {nrth: {spread: 5%}}}\n",
    )
    assert [line.split(": ")[0] for line in found] == ["shocks.yaml:1:49", "shocks.yaml:2:15"]


@pytest.mark.parametrize(
    "text",
    [
        "a: {events: {peaks: {surge: {from: 2026-10-12, for: 3 days, factor: 2}}}}\n",
        "a: {vendors: {north: {hiring: {classes: {oct: null}}}}}\n",
    ],
)
def test_what_is_whole_is_taken_however_near_its_name_is(write: Write, text: str) -> None:
    assert problems(write, text) == []
