"""The JSON Schema: current, and of one mind with the models on what a file may hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from simcap.scenario.reading.jsonschema import SHIPPED, json_schema, schema_text
from tests.scenario.conftest import BASE, changed

from .test_loading import GRAMMAR, RICH, needs_grammar

KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def conforms(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Say whether a value conforms to a schema, for the keywords that ours uses."""
    if "$ref" in schema:
        return conforms(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    parts = value if isinstance(value, list) else []
    rules = [
        not kinds
        or any(isinstance(value, KINDS[kind]) and not (kind != "boolean" and value is True) for kind in kinds),
        "anyOf" not in schema or any(conforms(value, option, root) for option in schema["anyOf"]),
        "enum" not in schema or value in schema["enum"],
        "const" not in schema or value == schema["const"],
        not isinstance(value, str) or re.search(schema.get("pattern", ""), value) is not None,
        not isinstance(value, (int, float)) or value >= schema.get("minimum", value),
        not isinstance(value, (int, float)) or value <= schema.get("maximum", value),
        all(conforms(part, schema.get("items", {}), root) for part in parts),
        len(parts) >= schema.get("minItems", 0) or not isinstance(value, list),
    ]
    if isinstance(value, dict):
        rules.append(all(key in value for key in schema.get("required", [])))
        for key, child in value.items():
            allowed = properties.get(key, others if isinstance(others, dict) else {})
            rules.append((key in properties or others is not False) and conforms(child, allowed, root))
    return all(rules)


def test_shipped_file_is_current() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()


def test_keywords_are_those_of_the_draft() -> None:
    known = "$schema title $defs $ref anyOf type properties additionalProperties items prefixItems minItems maxItems "
    known += "minLength maxLength minimum maximum exclusiveMinimum pattern examples format enum const description "
    known += "required default"

    def keywords(schema: dict[str, Any]) -> set[str]:
        found = set(schema)
        for name, value in schema.items():
            inner = value.values() if name in ("$defs", "properties") else value if isinstance(value, list) else [value]
            found.update(*(keywords(part) for part in inner if isinstance(part, dict)))
        return found

    assert keywords(json_schema()) <= set(known.split())


@pytest.mark.parametrize(
    "document",
    [
        BASE,
        RICH,
        {
            "name": "child",
            "extends": "base.yaml",
            "queues": {"listings": {"sla": {"4 h": {"target": "90%"}}}, "x": None},
        },
        changed({"vendors.north.shrinkage": {"absence": {"weekly": ["8%", 0.1]}}}),
        changed({"queues.listings.arrivals": {"per_day": [1, 2], "profile": [1] * 24, "growth": "-1%"}}),
        changed({"vendors.north.attrition": {"hazard": {"0-13 weeks": "9% per month", "13+ weeks": "4% per month"}}}),
    ],
)
def test_valid_documents_conform(document: dict[str, Any]) -> None:
    assert conforms(document, json_schema(), json_schema())


@pytest.mark.parametrize(
    "changes",
    [
        {"nme": 1},
        {"name": 5},
        {"queues.appeals.handel": {}},
        {"queues.appeals.handle_time": {"constant": 60}},
        {"queues.listings.arrivals.per_week": "many"},
        {"queues.listings.arrivals.per_week": -1},
        {"vendors.north.shrinkage.absence": {"monthly": []}},
        {"routing.rule": "fifo"},
        {"events.peak.surge.from_": "2026-10-19"},
    ],
)
def test_invalid_documents_do_not(changes: dict[str, Any]) -> None:
    assert not conforms(changed(changes), json_schema(), json_schema())


@needs_grammar
def test_grammar_by_example_conforms() -> None:
    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(child) for key, child in value.items()}
        if isinstance(value, list):
            return [plain(child) for child in value]
        return value if isinstance(value, (str, int, float, type(None))) else str(value)

    document = plain(YAML(typ="safe", pure=True).load(GRAMMAR.read_text(encoding="utf-8")))
    assert conforms(document, json_schema(), json_schema())


def test_origins_may_stand_in_every_mapping_and_beside_every_value() -> None:
    schema = json_schema()
    stated = {"value": "8%", "origin": "expert", "note": "the site lead"}
    around = {"origin": "contract", "source": "annex B", "date": "2026-07-01"}
    for changes in (
        {"vendors.north.shrinkage": {"absence": stated, **around}},
        {"note": "a draft", "routing.allocation.listings": {"north": stated, "south": "92%", "origin": "contract"}},
        {"events.peak.surge.factor": {"value": 1.8, "origin": "expert"}},
    ):
        assert conforms(changed(changes), schema, schema)
    for wrong in ({"origin": "hearsay"}, {"absence": {"value": "8%", "reason": "none"}}):
        assert not conforms(changed({"vendors.north.shrinkage": wrong}), schema, schema)
