"""YAML as a tree that knows where each value stands."""

from __future__ import annotations

import pytest

from simcap.scenario.reading.source import MAX_DEPTH, Node, Place, Problem, dotted, read_tree

TEXT = """name: desk
queues:
  mail: {per_day: 24, names: [one, 'two']}
  chat: null
"""


def read(text: str) -> tuple[Node | None, list[str]]:
    tree, problems = read_tree(text, "plan.yaml", 0)
    return tree, [str(problem) for problem in problems]


def test_each_value_has_its_place_and_that_of_its_key() -> None:
    tree, problems = read(TEXT)
    assert tree is not None
    assert problems == []
    assert tree.plain() == {"name": "desk", "queues": {"mail": {"per_day": 24, "names": ["one", "two"]}, "chat": None}}
    node, path = tree.find(("queues", "mail", "names", 1, "beyond"))
    assert path == ("queues", "mail", "names", 1)
    assert (node.value, str(node.place)) == ("two", "plan.yaml:3:36")
    mail, _ = tree.find(("queues", "mail"))
    assert str(mail.where) == "plan.yaml:3:3", "of a mapping its key is shown"
    assert [key for key, _ in mail.children()] == ["per_day", "names"]
    assert list(node.children()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1\n", "plan.yaml:2:1: a tab stands here; indent with spaces"),
        ("a: [1, 2\n", "the file ends inside a list or mapping; close the bracket or brace"),
        ("a: 'one\n", "the file ends inside quotes; close them"),
        ("a: b: c\n", "a colon is not expected here; put text with a colon in quotes, or indent"),
        ("a: 1\n---\nb: 2\n", "a second document begins; a scenario file holds one"),
        ("a: *b\n", "this alias names nothing; define it with & further up"),
        ("1: a\n", "the key 1 is not text; put it in quotes"),
        ("a: 1\na: 2\n", "plan.yaml:2:1: a: "),
        ('a: "b"\nc: "\\e[2J"\n', r"plan.yaml:2:4: c: holds the control character \x1b; remove it"),
        ('a: 1\n"b\\tc": 2\n', r"plan.yaml:2:1: holds the control character \t; remove it"),
        ('a: "\\u202eb"\n', r"plan.yaml:1:4: a: holds the control character \u202e; remove it"),
        ('a: 1\nb: "\\U00110000"\n', r"plan.yaml:2:5: no character has this number; the last one is \U0010FFFF"),
        ("a: " + "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2) + "\n", "plan.yaml:1:"),
    ],
)
def test_what_is_no_scenario_is_told_with_its_place(text: str, said: str) -> None:
    _, problems = read(text)
    assert problems
    assert said in problems[0]


def test_places_sort_by_file_line_and_column_and_problems_are_one_line() -> None:
    child, parent = Place(0, 9, 9, "child.yaml"), Place(1, 1, 1, "base.yaml")
    assert child < parent
    assert str(Place(0, 0, 0, "plan.yaml")) == "plan.yaml", "of no line"
    assert str(Problem(child, "a.b", "is\nwrong")) == "child.yaml:9:9: a.b: is\\nwrong"
    assert dotted(("a", 0, "b")) == "a.0.b"


def test_lines_and_tabs_may_stand_in_text() -> None:
    tree, problems = read('a: |\n  one\n  two\nb: "one\\ttwo"\n')
    assert problems == []
    assert tree is not None
    assert tree.plain() == {"a": "one\ntwo\n", "b": "one\ttwo"}
