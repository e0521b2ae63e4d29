"""Every example that a message shows can be written as it stands."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from simcap.scenario.reading.examples import ALSO, MEANT, WHOLE, as_mapping, example, key_example
from simcap.scenario.reading.source import read_tree
from simcap.scenario.schema.quantities import Model
from simcap.scenario.schema.scenario import Scenario

VALUES = {
    "share": "35%", "duration": "4 h", "number": 12, "shares": ["20%", "30%"], "durations": ["20 s", "1 min"],
    "numbers": [4, 5],    "text": "USD", "file": "a.csv",
    "rate": "9% per month", "days": "Mon-Fri", "clock": "09:00", "day": "2026-10-05",
}  # fmt: skip


def models(annotation: Any, seen: set[Any]) -> Iterator[type[Model]]:
    """Yield every model that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Model) and annotation not in seen:
        seen.add(annotation)
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation, seen)
    for part in typing.get_args(annotation):
        yield from models(part, seen)


MODELS = list(models(Scenario, set()))
FIELDS = [
    pytest.param(field.alias or name, field, id=f"{model.__name__}.{name}")
    for model in MODELS
    for name, field in model.model_fields.items()
    if (model, name) != (Scenario, "extends")
]


def read(text: str) -> Any:
    tree, problems = read_tree(f"value: {text}", "f")
    assert not problems
    assert tree is not None
    return tree.plain()["value"]


def test_the_models_of_the_grammar_are_found() -> None:
    assert {"Queue", "TeamSpec", "Surge", "CreditStep", "WeibullTenure"} <= {model.__name__ for model in MODELS}


@pytest.mark.parametrize(("key", "field"), FIELDS)
def test_the_example_of_a_key_is_one(key: str, field: FieldInfo) -> None:
    shown = key_example(field, key, {}).removeprefix(f"for example `{key}: ").removesuffix("`")
    whole: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    TypeAdapter(whole).validate_python(read(shown))


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_the_example_of_a_model_is_one(model: type[Model]) -> None:
    shown = read(example(model))
    assert isinstance(shown, dict)
    if model in WHOLE or all(not field.is_required() for field in model.model_fields.values()):
        model.model_validate(shown)
    else:
        assert set(shown) <= {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    ("model", "kind"), [(model, kind) for model, known in MEANT.items() for kind in known],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)  # fmt: skip
def test_what_a_value_means_can_be_written(model: type[Model], kind: str) -> None:
    said = as_mapping(model, VALUES[kind])
    first = said.removeprefix("write ").removesuffix(ALSO.get((model, kind), "").format(VALUES[kind]))
    written = read(first)
    model.model_validate(written)
    assert not said.startswith("write for example")
