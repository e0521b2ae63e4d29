"""Loading: merging, places, plain words, and no traceback for any file."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simcap.errors import DataError, ScenarioError
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.scenario import Scenario
from tests.scenario.conftest import BASE, GONE, SHIFT, changed

GRAMMAR = Path(__file__).parents[3].parent / "shared/design/scenario.yaml"
needs_grammar = pytest.mark.skipif(not GRAMMAR.is_file(), reason=f"the grammar by example is not in {GRAMMAR}")
SHIPPED = Path(__file__).parents[3] / "calibration/2026-q3"
TEAM = "vendors.north.teams.manila"

Write = Callable[..., Path]
Refused = Callable[[dict[str, Any], str], list[str]]


def lines_of(path: Path) -> list[str]:
    """Return the problems of a file that is refused, without its folder."""
    with pytest.raises(ScenarioError, match=re.escape(f"{path.parent}/")) as caught:
        load(path)
    return str(caught.value).replace(f"{path.parent}/", "").split("\n")


@needs_grammar
def test_grammar_by_example_loads(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "calibration/2026-q3")
    (tmp_path / "scenarios").mkdir()
    file = load(shutil.copy(GRAMMAR, tmp_path / "scenarios"))
    assert file.scenario.queues["listings"].arrivals is not None
    assert file.scenario.queues["listings"].arrivals.per_week == (250_000,)
    assert Scenario.model_validate(json.loads(json.dumps(file.document))) == file.scenario
    assert file.folder == tmp_path / "scenarios"


def test_document_is_plain_and_says_the_same_again(write: Write) -> None:
    text = (
        "name: dates\nextends: small.yaml\nhorizon: {start: 2026-10-12}\nevents: {peak: {surge: {from: 2026-10-19}}}\n"
    )
    write(BASE)
    file = load(write(text, "child.yaml"))
    assert file.document["horizon"]["start"] == "2026-10-12"
    assert "extends" not in file.document
    assert Scenario.model_validate(json.loads(json.dumps(file.document))) == file.scenario


class TestValues:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("250_000", 250_000), ("2.5e5", 250_000), ("0x10", 16), ("0o20", 16), ("+7", 7), ("010", 10), (".5", 0.5)],
    )
    def test_numbers(self, write: Write, text: str, value: float) -> None:
        content = json.dumps(BASE).replace("70000", text)
        assert load(write(content)).document["queues"]["listings"]["arrivals"]["per_week"] == value

    def test_yes_on_and_clock_times_are_text(self, write: Write) -> None:
        content = json.dumps(BASE).replace('"name": "Small"', '"name": on, "description": 9:30')
        document = load(write(content)).document
        assert (document["name"], document["description"]) == ("on", "9:30")

    def test_aliases_stand_for_whole_values(self, write: Write) -> None:
        shift = json.dumps(SHIFT)
        content = json.dumps(BASE).replace(shift, "*shift").replace("*shift", f"&shift {shift}", 1)
        vendors = load(write(content)).scenario.vendors
        assert vendors["south"].teams["krakow"].shift == vendors["north"].teams["manila"].shift


class TestExtends:
    def test_child_wins_and_removes(self, write: Write) -> None:
        write(BASE)
        child = {
            "name": "Child",
            "extends": "small.yaml",
            "queues": {
                "listings": {"errors": None, "title": None, "arrivals": {"growth": "2%"}},
            },
            "vendors": {"north": {"teams": {"manila": {"skills": ["listings", "appeals"], "holidays": None}}}},
        }
        scenario = load(write(child, "child.yaml")).scenario
        listings, manila = scenario.queues["listings"], scenario.vendors["north"].teams["manila"]
        assert listings.errors is None
        assert listings.arrivals is not None
        assert (listings.arrivals.growth, listings.arrivals.profile) == (0.02, "marketplace")
        assert (manila.skills, manila.holidays, manila.agents) == (("listings", "appeals"), None, 40)
        assert set(scenario.queues) == {"listings", "appeals"}

    def test_chain_over_folders_moves_file_paths(self, write: Write) -> None:
        write("rate\n" + "1\n" * 24, "a/data/day.csv")
        write("seconds\n30\n60\n", "b/handle.csv")
        write("title: nothing\n", "c/parameters.yaml")
        queues = {"listings": {"arrivals": {"profile": "data/day.csv"}}}
        write(changed({"calibration": "../c/parameters.yaml", "queues.listings.arrivals.profile": GONE}), "a/root.yaml")
        write({"name": "a", "extends": "root.yaml", "queues": queues}, "a/mid.yaml")
        handle = {"handle_time": {"lognormal": None, "empirical": "handle.csv"}}
        leaf = {"name": "b", "extends": "../a/mid.yaml", "queues": {"listings": handle}}
        file = load(write(leaf, "b/leaf.yaml"), allow_outside=True)
        assert file.document["calibration"] == "../c/parameters.yaml"
        assert file.document["queues"]["listings"]["arrivals"]["profile"] == "../a/data/day.csv"
        assert file.document["queues"]["listings"]["handle_time"] == {"empirical": "handle.csv"}

    def test_removing_what_no_parent_gives_is_a_mistake(self, write: Write) -> None:
        write(BASE)
        child = {"name": "b", "extends": "small.yaml", "queues": {"listing": None}}
        assert lines_of(write(child, "child.yaml")) == [
            "child.yaml:5:3: queues.listing: removes nothing: no parent gives 'listing' here; did you mean 'listings'?"
        ]

    def test_circle_is_named(self, write: Write) -> None:
        write("name: a\nextends: b.yaml\n", "a.yaml")
        write("extends: a.yaml\n", "b.yaml")
        assert any(
            line.startswith("b.yaml:1:10: extends: ")
            for line in lines_of(write("name: a\nextends: b.yaml\n", "a.yaml"))
        )

    def test_problems_of_parent_and_child_stand_in_their_files(self, write: Write) -> None:
        write(changed({"vendors.south.teams.krakow.agents": "many", "queues.appeals.handle": 3}), "base.yaml")
        found = lines_of(
            write("name: c\nextends: base.yaml\nqueues:\n  listings:\n    sla: {4 h: {target: 200%}}\n", "c.yaml")
        )
        assert [line.split(":")[0] for line in found] == ["c.yaml", "base.yaml", "base.yaml"]
        assert found[0].startswith("c.yaml:5:25: queues.listings.sla.4 h.target: '200%' is out of bounds; a share lies")
        assert "did you mean 'handle_time'?" in found[1]

    def test_parent_that_cannot_be_read_hides_no_mistake_of_the_child(self, write: Write) -> None:
        found = lines_of(write("name: c\nextends: gone.yaml\nhorizn: 5\nrouting: {rule: fifo}\n", "c.yaml"))
        assert len(found) == 3
        assert found[0].startswith("c.yaml:2:10: extends: ")
        assert found[1] == "c.yaml:3:1: horizn: unknown key; did you mean 'horizon'?"
        assert found[2].startswith("c.yaml:4:17: routing.rule: 'fifo' is not known here; write 'priority', ")

    def test_another_family_asks_to_remove_the_first(self, write: Write) -> None:
        write(BASE, "base.yaml")
        child = "name: c\nextends: base.yaml\nqueues: {listings: {handle_time: {constant: 60 s}}}\n"
        (line,) = lines_of(write(child, "c.yaml"))
        assert line.startswith("c.yaml:3:21: queues.listings.handle_time: a distribution needs exactly one of constant")
        assert "; write `lognormal: null` to remove what " in line

    def test_child_has_a_name_of_its_own(self, write: Write) -> None:
        write(BASE)
        assert lines_of(write("extends: small.yaml\n", "c.yaml")) == [
            "c.yaml:1:1: name: is missing; a scenario that extends another needs a name of its own"
        ]

    def test_a_path_with_a_control_character_is_refused(self, write: Write) -> None:
        found = lines_of(write('name: c\nextends: "a\\0b"\n', "c.yaml"))
        assert found[0].split(": ", 1)[1] == "extends: holds the control character \\x00; remove it"

    @pytest.mark.parametrize("value", ["5", "[a]", "''", "{a: 1}"])
    def test_extends_is_a_path(self, write: Write, value: str) -> None:
        found = lines_of(write(f"name: c\nextends: {value}\n", "c.yaml"))
        assert found[0].split(": ", 1)[1] == "extends: is not the path of a scenario file; write for example base.yaml"


UNREADABLE = [
    (b"", "f.yaml:1:1: is empty; a scenario begins for example with `name: Q4 baseline`"),
    (b"# nothing\n", "f.yaml:1:1: is empty"),
    (b"- a\n- b\n", "f.yaml:1:1: holds a list; a scenario is a mapping"),
    (b"hello", "f.yaml:1:1: holds a single value"),
    (b"name: \xff\xfe\n", "f.yaml: line 1 is not UTF-8 text; save the file as UTF-8"),
    (b"name: a\n\tdays: 1\n", "f.yaml:2:1: a tab stands here; indent with spaces"),
    (b"name: a: b\n", "f.yaml:1:8: a colon is not expected here"),
    (b"name: [a\n", "f.yaml:2:1: the file ends inside a list"),
    (b"name: 'a\n", "the file ends inside quotes; close them"),
    (b"name: @a\n", "f.yaml:1:7: this character cannot begin a value; put the value in quotes"),
    (b"name: a\n---\nname: b\n", "f.yaml:2:1: a second document begins"),
    (b"name: *a\n", "f.yaml:1:7: this alias names nothing"),
    (b"name: \x01\n", "f.yaml:1:7: a control character stands here; remove it"),
    (b"%YAML 1.1\n---\nname: on\n", "f.yaml:1:1: YAML 1.1 is not read"),
    (b"a: &a [*a]\n", "f.yaml:1:4: is nested too deeply, or an alias contains itself"),
    (b"a: " + b"[" * 800 + b"]" * 800, "is nested too deeply"),
    (b"a: " + b"[" * 60 + b"]" * 60, "is nested too deeply"),
    (b"a: " + b"x" * 600_000, "f.yaml: is larger than 500,000 bytes; keep long series in CSV files"),
    (
        b"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 9)),
        "the file comes to more than 100,000 values",
    ),
    (b"name: a\nname: b\n", "f.yaml:2:1: name: the key is given twice, first on line 1; keep one of them"),
    (b"name: a\n5: b\n", "f.yaml:2:1: the key 5 is not text; put it in quotes"),
    (b"name: a\n? [a]\n: b\n", "f.yaml:2:3: a key is a list or mapping; keys are text"),
    (b"name: a\nqueues: {null: 3}\n", "f.yaml:2:10: queues: the key null is not text"),
    (b"name: a\nqueues: {<<: {a: 1}}\n", "f.yaml:2:10: queues: `<<` is not supported"),
    (b"name: !!python/name:os.system a\n", "name: the tag 'tag:yaml.org,2002:python/name:os.system' is not supported"),
    (b"name: !foo {a: 1}\n", "name: the tag '!foo' is not supported; remove it"),
    (b"name: a\nsimulation: {seed: .nan}\n", "f.yaml:2:20: simulation.seed: .nan is not a finite number"),
    (b"name: a\nsimulation: {seed: -.inf}\n", "simulation.seed: -.inf is not a finite number"),
    (b"name: a\nsimulation: {seed: 1e999}\n", "simulation.seed: 1e999 is not a finite number"),
    (b"name: a\nsimulation: {seed: %s}\n" % (b"9" * 9000), "simulation.seed: " + "9" * 30 + " is not a finite number"),
    (b'name: "\\ud800"\n', "f.yaml:1:7: name: holds half of a character"),
]


@pytest.mark.parametrize(("content", "message"), UNREADABLE, ids=[message[:40] for _, message in UNREADABLE])
def test_unreadable_file(write: Write, content: bytes, message: str) -> None:
    assert any(
        line.startswith(message) or line.split(": ", 1)[1].startswith(message)
        for line in lines_of(write(content, "f.yaml"))
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.yaml", "there is no such file"),
        (".", "is a folder"),
        ("a" * 300, "cannot be read"),
        ("a\0b", "there is no such file"),
    ],
)
def test_no_file(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        load(tmp_path / name)


WORDS = [
    ({"horizon.timezone": GONE}, "horizon.timezone: is missing; give it: IANA time zone of the days"),
    ({"horizon": GONE}, "horizon: is missing; give it: The time that is reported"),
    ({"horizon.weeks": 1.5}, "horizon.weeks: 1.5 is not a whole number; write for example 12"),
    ({"horizon.weeks": 0}, "horizon.weeks: 0 is out of bounds; it must be more than 0"),
    ({"horizon.weeks": "4"}, "horizon.weeks: '4' is not a number; write for example 42 or 0.5, without quotes"),
    ({"horizon.days": 4}, "horizon: a horizon needs exactly one of weeks, days"),
    ({"horizon.start": "5.10.2026"}, "horizon.start: '5.10.2026' is not a date; write 2026-10-05"),
    (
        {"events.cut": {"headcount": {"team": "krakow", "from": "2026-10-20 09:00", "change": -5}}},
        "events.cut.headcount.from: '2026-10-20 09:00' has a clock time; give the date alone",
    ),
    ({"horizon.warm_up": "36 h"}, "horizon.warm_up: is not a whole number of days; write for example 2 weeks"),
    ({"horizon.warm_up": 14}, "horizon.warm_up: 14 has no unit; write for example '14 s' or '14 h'"),
    ({"horizon.warm_up": "1e999 days"}, "horizon.warm_up: '1e999 days' is not a finite number"),
    (
        {"queues.appeals.max_per_day": "1e9 days"},
        "max_per_day: '1e9 days' is too long; write a duration of at most 200",
    ),
    ({"name": 5}, "name: 5 is not text; put it in quotes"),
    ({"name": ""}, "name: is empty; at least one is needed"),
    ({"name": None}, "name: is empty; give a value: "),
    (
        {f"{TEAM}.holidays": {"country": "PH", "staffed": None}},
        "staffed: is empty; give a value, or leave the key out",
    ),
    ({"queues.listings.sla.4 h.clock": {"hours": None}}, "clock.hours: is empty; give a value: When it runs: "),
    ({"events.move": {"transfer": {"from": "day", "to": None, "agents": 1, "on": "2026-10-06"}}}, "to: is empty; give"),
    ({f"{TEAM}.skills": ["listings", None]}, "skills.1: is empty; give a value, or leave it out"),
    ({"queues": {}}, "queues: is empty; at least one is needed"),
    ({"queues": []}, "queues: a list is not a mapping"),
    (
        {"queues.appeals": "x"},
        "queues.appeals: 'x' is not a mapping; write for example {arrivals: {per_week: 250_000}, ",
    ),
    ({"queues.appeals.max_per_day": "0 h"}, "queues.appeals.max_per_day: is zero; it must be above zero"),
    ({"queues.appeals.handle_time": {"uniform": ["1 s"]}}, "handle_time.uniform: has too few values; two are needed"),
    ({"queues.appeals.handle_time": {"uniform": ["1 s"] * 3}}, "handle_time.uniform: a list is too long; give 2"),
    (
        {"queues.appeals.handle_time": {"uniform": ["2 s", "1 s"]}},
        "uniform: the first duration is longer than the second",
    ),
    ({"queues.listings.arrivals.per_week": -1}, "per_week: -1 is out of bounds; it must be at least 0"),
    ({"queues.listings.arrivals.per_week": {"a": 1}}, "per_week: a mapping is not a number"),
    ({"queues.listings.arrivals.profile": [1, 2]}, "arrivals.profile: 2 numbers; a profile has 24 (a day) or 168"),
    ({"queues.listings.arrivals.profile": True}, "arrivals.profile: true is not a number"),
    (
        {"queues.listings.arrivals.busyness": {"cv": "5%", "correlation": "100%"}},
        "'100%' is out of bounds; it must be below 100%",
    ),
    (
        {"routing.agent_choice": "idlest"},
        "agent_choice: 'idlest' is not known here; write 'longest_idle' or 'most_proficient'",
    ),
    ({f"{TEAM}.skills": "listings"}, f"{TEAM}.skills: 'listings' is not a list; write [listings]"),
    ({f"{TEAM}.shift": {"always": "maybe"}}, "shift.always: 'maybe' is not true or false; write one of them"),
    ({f"{TEAM}.shift.length": "25 h"}, "shift.length: 25 h is longer than a day"),
    ({f"{TEAM}.skils": []}, f"{TEAM}.skils: unknown key; did you mean 'skills'?"),
    (
        {"events.peak.surge.until": 3},
        "events.peak.surge.until: unknown key; known here: queue, queues, from, for, factor",
    ),
    ({"events.peak.surge.for": GONE}, "events.peak.surge.for: is missing; give it: Length"),
    ({"vendors.north.shrinkage": {"absence": {"weekly": ["8%", "high"]}}}, "absence.weekly.1: 'high' is not a share"),
]


@pytest.mark.parametrize(("changes", "message"), WORDS)
def test_schema_speaks_plainly(refused: Refused, changes: dict[str, Any], message: str) -> None:
    for line in refused(changes, message):
        assert not re.search(r"Input should|Value error|pydantic|instance of|function-|\bTrue\b|\bNone\b", line)


def test_every_problem_has_its_place_in_order(write: Write) -> None:
    text = """\
name: Places
horizon: {start: 2026-10-05, weeks: 4, timezone: Mars}
queues:
  listings:
    arrivals: {per_week: 70_000}
    handle_time: {constant: 45}
    sla:
      4 h: {measure: turnaround, within: 4 h, target: 95%}
vendors:
  north:
    teams:
      manila: {timezone: Asia/Manila, agents: 4, skills: [lists], shift: {always: true}}
    team: x
"""
    assert lines_of(write(text, "p.yaml")) == [
        (
            "p.yaml:2:50: horizon.timezone: 'Mars' is not an IANA time zone; write for example Europe/London: "
            "the Area/City of a large city whose clock is the same (the tz database lists them by country)"
        ),
        "p.yaml:6:29: queues.listings.handle_time.constant: 45 has no unit; write for example '45 s' or '45 h'",
        (
            "p.yaml:8:7: queues.listings.sla.4 h.per: is missing; give it: The window over which it is measured; "
            "hour, day, week or month, for example `per: week`"
        ),
        "p.yaml:13:5: vendors.north.team: unknown key; did you mean 'teams'?",
    ]


def test_place_of_a_cross_check(write: Write) -> None:
    text = json.dumps(changed({f"{TEAM}.skills": ["appeals", "lists"]})).replace('"lists"', '\n\n   "lists"')
    assert (
        lines_of(write(text, "p.yaml"))[-1]
        == f"p.yaml:3:4: {TEAM}.skills.1: there is no queue 'lists'; did you mean 'listings'?"
    )


class TestVary:
    def test_numbers_shares_durations_counts_and_lists(self, write: Write) -> None:
        absence = {"absence": {"weekly": ["8%", 0.1]}}
        file = load(write(changed({"vendors.north.shrinkage": absence, "queues.listings.arrivals.per_week": [1, 2]})))
        scenario = file.vary(
            {
                "vendors.north.attrition.per_year": 0.4,
                "vendors.north.shrinkage.absence.weekly.1": 0.2,
                "queues.listings.handle_time.lognormal.mean": 47.125,
                "queues.listings.sla.4 h.within": 1e-7,
                "queues.listings.arrivals.per_week.0": 3.5,
                f"{TEAM}.agents": 41.7,
            }
        )
        assert scenario.vendors["north"].attrition is not None
        assert scenario.vendors["north"].attrition.per_year == 0.4
        assert scenario.vendors["north"].shrinkage is not None
        assert scenario.vendors["north"].shrinkage.absence == (0.08, 0.2)
        handle, arrivals = scenario.queues["listings"].handle_time, scenario.queues["listings"].arrivals
        assert handle is not None
        assert handle.lognormal is not None
        assert arrivals is not None
        assert (handle.lognormal.mean, arrivals.per_week) == (47.125, (3.5, 2.0))
        assert scenario.queues["listings"].sla["4 h"].within == 1e-7
        assert scenario.vendors["north"].teams["manila"].agents == 42
        assert file.vary({}) == file.scenario

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"queues.listing.max": 1}, "queues.listing.max: the scenario gives no 'listing.max' under queues"),
            ({"vendors.north.attrition.per_year": 1.5}, "vendors.north.attrition.per_year: 1.5 is out of bounds"),
            ({"queues.appeals.handle_time.constant": -5.0}, "constant: '-5.0 s' is negative"),
            ({f"{TEAM}.agents": float("nan")}, "agents: nan is not a "),
        ],
    )
    def test_refuses(self, write: Write, values: dict[str, object], message: str) -> None:
        with pytest.raises(ScenarioError, match=re.escape(message)):
            load(write(BASE)).vary(values)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(
        [
            "8%",
            "4 h",
            "1e999 s",
            "1e308 weeks",
            "2026-10-06",
            "9999-12-31",
            "0001-01-01",
            "listings",
            "a.csv",
            "\0",
            "Europe/London",
        ]
    ),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(
        st.sampled_from(["from", "mean", "x", "constant", "north"]), st.sampled_from([1, "2 h", None]), max_size=2
    ),
)


KEYS = st.sampled_from(["x", "", "for", "roster", "trace", "a.b", "empirical"]) | st.text(max_size=4)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in items for deeper in _paths(child, (*path, key)))]


RICH = changed(
    {
        "uncertain": {"vendors.north.attrition.per_year": {"uniform": ["35%", "60%"]}},
        "events.tool": {"outage": {"team": "manila", "from": "2026-10-19 09:00", "for": "6 h"}},
        "events.cut": {"headcount": {"team": "krakow", "from": "2026-10-20", "change": -5}},
        "events.skill.cross_train": {"team": "krakow", "agents": 2, "adds": ["appeals"], "from": "2026-10-19"},
        "events.skill.cross_train.for": "1 week",
        "queues.appeals.expires": {"after": {"uniform": ["1 week", "2 weeks"]}},
        "queues.appeals.backlog": {"items": 10, "oldest": "3 h"},
    }
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mutation_of_a_document_is_a_traceback(write: Write, data: st.DataObject) -> None:
    document = changed({}, RICH)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_paths(document)[1:]))
        parent: Any = document
        for key in path[:-1]:
            parent = parent[key]
        action = data.draw(st.sampled_from(["replace", "delete", "insert"]))
        if action == "delete":
            del parent[path[-1]]
        elif action == "replace":
            parent[path[-1]] = data.draw(JUNK)
        elif isinstance(parent, dict):
            parent[
                data.draw(
                    st.sampled_from(["x", "", "for", "roster", "trace", "a.b", "empirical"]) | st.text(max_size=4)
                )
            ] = data.draw(JUNK)
        if not _paths(document)[1:]:
            break
    try:
        file = load(write(json.dumps(document)))
    except (ScenarioError, DataError):
        return
    assert Scenario.model_validate(json.loads(json.dumps(file.document))) == file.scenario


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=40) | st.text(alphabet="a:-[]{}&*!%#|>'\"\n\t ,?~0.", max_size=40).map(str.encode))
def test_no_bytes_are_a_traceback(write: Write, content: bytes) -> None:
    with pytest.raises(ScenarioError, match=r"fuzz\.yaml"):
        load(write(content, "fuzz.yaml"))
