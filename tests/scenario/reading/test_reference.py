"""The reference: every key has a row, its default is what is used, its example is something the key takes."""

from __future__ import annotations

import re

import pytest
from pydantic import TypeAdapter

from simcap.scenario.reading.examples import as_annotated
from simcap.scenario.reading.reference import models, reference, written_default
from simcap.scenario.reading.source import read_tree
from simcap.scenario.schema.quantities import Model
from simcap.scenario.schema.scenario import Scenario

FIELDS = [(model, name) for model in models() for name in model.model_fields]


def test_every_key_has_a_row_and_its_words() -> None:
    rows = re.findall(r"^\| `([\w ]+)` \|", reference(), re.MULTILINE)
    assert len(rows) == len(FIELDS)
    assert len(models()) > 50
    for model, name in FIELDS:
        assert model.model_fields[name].description, f"{model.__name__}.{name} has no words"


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda one: getattr(one, "__name__", one))
def test_a_default_reads_back_as_itself(model: type[Model], name: str) -> None:
    field = model.model_fields[name]
    default = written_default(field)
    if default is not None:
        assert TypeAdapter(as_annotated(field)).validate_python(default) == field.default


def test_examples_are_something_that_their_keys_take() -> None:
    keys = {(model, field.alias or name): field for model in models() for name, field in model.model_fields.items()}
    sections = re.split(r"^## ", reference(), flags=re.MULTILINE)[1:]
    assert len(sections) == len(models())
    for model, section in zip(_in_order(), sections, strict=True):
        for key, shown in re.findall(r"^\| `(\w+)` .* \| `\1: (.*)` \|$", section, re.MULTILINE):
            if key == "extends":  # merged before the schema sees it
                continue
            tree, problems = read_tree(f"value: {shown}", "")
            assert not problems
            assert tree is not None
            TypeAdapter(as_annotated(keys[model, key])).validate_python(tree.plain()["value"])


def test_examples_are_of_the_right_kind_of_thing() -> None:
    """Words that a key takes may still mislead: a date for a team, a quarter for a queue."""
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    for key, shown in (
        ("from", "manila"), ("to", "warsaw"), ("allocation", "{listings: {north: 60%, south: 40%}}"), ("above", "97%"),
        ("below", "95%"), ("cv", "12%"), ("title", "New listings"), ("title", "Northstar BPO"),
        ("transfer", "{from: manila, to: warsaw, agents: 10, on: 2026-11-02}"),
        ("earn_back", "{above: 97%, months: 2}"),
    ):  # fmt: skip
        assert any(row.endswith(f"| `{key}: {shown}` |") for row in rows), key
    assert "Third quarter" not in reference()
    assert "| `per_week` | number, or a list of numbers |" in reference()


def _in_order() -> list[type[Model]]:
    """Return the models in the order of the sections, which say what each is."""
    said = {" ".join((model.__doc__ or "").split()): model for model in models()}
    assert len(said) == len(models())
    return [said[text] for text in re.findall(r"^## .*\n\n(.*)\n", reference(), re.MULTILINE)]


def test_the_top_level_comes_first() -> None:
    assert _in_order()[0] is Scenario
