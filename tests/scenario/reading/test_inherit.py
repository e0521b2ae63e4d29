"""A scenario and the files it extends, as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.scenario.reading.inherit import Keys, names_file, read_chain

BASE = """
name: base
queues: {mail: {arrivals: {file: {path: data/volumes.csv}}, handle_time: {empirical: times.csv}}, chat: {a: 1}}
vendors: {north: {teams: {day: {agents: 3, skills: [mail, chat]}}}}
"""
CHILD = """
extends: shared/base.yaml
name: child
queues: {chat: null}
vendors: {north: {teams: {day: {skills: [mail]}}}}
"""


def write(folder: Path, **files: str) -> Path:
    """Write files of a folder and return the child's path."""
    (folder / "shared").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", "/")).with_suffix(".yaml").write_text(text)
    return folder / "child.yaml"


def test_a_childs_values_win_and_the_rest_is_the_parents(tmp_path: Path) -> None:
    found = read_chain(write(tmp_path, child=CHILD, shared__base=BASE))
    assert found.whole
    assert found.problems == []
    assert found.tree is not None
    assert found.tree.plain() == {
        "name": "child",
        "queues": {
            "mail": {
                "arrivals": {"file": {"path": "shared/data/volumes.csv"}},
                "handle_time": {"empirical": "shared/times.csv"},
            }
        },
        "vendors": {"north": {"teams": {"day": {"agents": 3, "skills": ["mail"]}}}},
    }
    agents, _ = found.tree.find(("vendors", "north", "teams", "day", "agents"))
    assert Path(agents.place.file).name == "base.yaml", "a place is that of the file in which it is written"


def problems(path: Path) -> tuple[bool, list[str]]:
    found = read_chain(path)
    return found.whole, [f"{problem.path}: {problem.message}" for problem in found.problems]


def test_a_circle_is_broken(tmp_path: Path) -> None:
    whole, told = problems(write(tmp_path, child=CHILD, shared__base=f"extends: ../child.yaml\n{BASE}"))
    assert not whole
    assert told[0].endswith("child.yaml extends this file in turn; break the circle")


def test_what_is_extended_has_to_be_there_and_named(tmp_path: Path) -> None:
    whole, told = problems(write(tmp_path, child=CHILD))
    assert not whole
    assert told[0].startswith("extends: ")
    whole, told = problems(write(tmp_path, child="extends: 5\nname: child\n"))
    assert not whole
    assert told == ["extends: is not the path of a scenario file; write for example base.yaml"]


def test_a_child_has_a_name_of_its_own(tmp_path: Path) -> None:
    _, told = problems(write(tmp_path, child=CHILD.replace("name: child\n", ""), shared__base=BASE))
    assert told == ["name: is missing; a scenario that extends another has a name of its own"]


def test_what_a_child_removes_has_to_be_there(tmp_path: Path) -> None:
    _, told = problems(write(tmp_path, child=CHILD.replace("chat", "chats"), shared__base=BASE))
    assert len(told) == 1
    assert told[0].startswith("queues.chats: ")
    assert "chat" in told[0].removeprefix("queues.chats")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("queues", "mail", "arrivals", "file", "path"), "a.csv", True),
        (("queues", "mail", "arrivals", "profile"), "marketplace", False),
        (("queues", "mail", "arrivals", "profile"), "shape.csv", True),
        (("queues", "mail", "handle_time", "empirical"), "a.csv", True),
        (("queues", "mail", "arrivals", "timezone"), "UTC", False),
        (("vendors", "v", "teams", "t", "roster"), "a.csv", True),
        (("vendors", "v", "teams", "t", "duty"), "a.csv", True),
        (("vendors", "v", "teams", "t", "timezone"), "UTC", False),
        (("calibration",), "a.yaml", True),
        (("calibration",), 5, False),
        ((), "a.csv", False),
    ],
)
def test_paths_of_files_are_known(path: Keys, value: object, expected: bool) -> None:
    assert names_file(path, value) is expected
