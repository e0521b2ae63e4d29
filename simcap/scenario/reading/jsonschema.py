"""The JSON Schema of scenario files, for editors.

A child scenario holds only what differs and removes with `key: null`. So in the schema only `name` is required, and
every key may be null; what is really missing is found when the scenario is loaded.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from simcap.scenario.reading.origins import KEYS, ORIGINS
from simcap.scenario.reading.reference import models, written_default
from simcap.scenario.schema.quantities import Model
from simcap.scenario.schema.scenario import Scenario

SHIPPED: Final = Path(__file__).parents[1] / "scenario.schema.json"
"""The schema as a file; `schema_text` is what it must hold."""

_KEYWORDS: Final = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "oneOf": "anyOf",
}  # fmt: skip
_NULL: Final[dict[str, Any]] = {"type": "null"}

_BESIDE: Final = {key: {"$ref": f"#/$defs/{key}"} for key in KEYS}
_SAID: Final[dict[str, Any]] = {
    "origin": {"enum": list(ORIGINS), "description": "Where the values here come from."},
    "source": {"type": "string", "description": "What says so: a contract's section, a study, a role."},
    "date": {"type": "string", "format": "date", "description": "The day as of which they hold."},
    "note": {"type": "string", "description": "What a reader should know of them."},
    "stated": {
        "type": "object",
        "description": "One value, with where it comes from.",
        "properties": {"value": {}, **_BESIDE},
        "required": ["value"],
        "additionalProperties": False,
    },
}
_STATED: Final = {"$ref": "#/$defs/stated"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    schema = _with_origins(schema_of(Scenario, "simcap scenario"))
    schema["$defs"] |= _SAID
    schema["properties"]["extends"] = {
        "type": ["string", "null"],
        "description": "Path of a parent scenario, relative to this file, which then holds only what differs.",
    }
    return {**schema, "required": ["name"]}


def schema_of(root: type[Model], title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind of file."""
    schema = _relaxed(root.model_json_schema(by_alias=True))
    for model in models(root):
        part = schema if model is root else schema["$defs"][model.__name__]
        part = next((one for one in part.get("anyOf", []) if "properties" in one), part)
        for name, field in model.model_fields.items():
            default = written_default(field)
            if default not in (None, ""):
                part["properties"][field.alias or name]["default"] = default
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return {**head, **schema}


def schema_text() -> str:
    """Return the JSON Schema as the text of the shipped file."""
    return text_of(json_schema())


def text_of(schema: dict[str, Any]) -> str:
    """Return a JSON Schema as the text of a file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _relaxed(schema: dict[str, Any]) -> dict[str, Any]:
    """Rewrite a schema and all within it: nothing required, null allowed for every key."""
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in ("required", "title", "default", "minProperties"):
            continue
        if keyword == "$defs":
            result[keyword] = {name: _relaxed(part) for name, part in value.items()}
        elif keyword == "properties":
            result[keyword] = {name: _nullable(_relaxed(part)) for name, part in value.items()}
        elif keyword == "additionalProperties" and isinstance(value, dict):
            result[keyword] = _nullable(_relaxed(value))
        elif keyword == "minLength" and schema.get("type") != "string":
            result["minItems"] = value
        else:
            result[_KEYWORDS.get(keyword, keyword)] = _parts(value)
    return result


def _with_origins(schema: Any) -> Any:
    """Return a schema in which every mapping may say where its values come from, and every value may say so itself."""
    if isinstance(schema, list):
        return [_with_origins(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: value if key == "properties" else _with_origins(value) for key, value in schema.items()}
    inner = schema.get("properties", {})
    named = result.get("additionalProperties")
    if isinstance(named, dict):
        result["additionalProperties"] = _or_stated(named)
        result["properties"] = {key: {"anyOf": [known, named]} for key, known in _BESIDE.items()}
    elif inner:
        own = {key: _or_stated(_with_origins(value)) for key, value in inner.items()}
        result["properties"] = {**own, **{key: known for key, known in _BESIDE.items() if key not in own}}
    return result


def _or_stated(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "anyOf": [*schema["anyOf"], _STATED]} if "anyOf" in schema else schema


def _parts(value: Any) -> Any:
    if isinstance(value, dict):
        return _relaxed(value)
    return [_relaxed(part) if isinstance(part, dict) else part for part in value] if isinstance(value, list) else value


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that allows null as well."""
    kinds = schema.get("anyOf", [])
    if _NULL in kinds or schema.get("type") == "null":
        return schema
    description = {key: value for key, value in schema.items() if key == "description"}
    rest = {key: value for key, value in schema.items() if key != "description"}
    if set(rest) == {"anyOf"}:
        return {"anyOf": [*kinds, _NULL], **description}
    return {"anyOf": [rest, _NULL], **description}
