"""The reference of calibration files and their JSON Schema: current, and true of the example in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.reference import HEAD, SHIPPED, schema_text
from simcap.errors import ScenarioError


def test_the_schema_is_current() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text(), "run make docs"


def test_no_reference_of_the_schema_leads_nowhere() -> None:
    schema = json.loads(schema_text())
    found: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            found.update([part["$ref"]] if "$ref" in part else [])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(schema)
    assert found
    assert {name.rpartition("/")[2] for name in found} <= set(schema["$defs"])


def test_the_example_is_a_calibration_file(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", HEAD, re.DOTALL)
    assert block is not None
    path = tmp_path / "calibration.yaml"
    path.write_text(block[1], encoding="utf-8")
    configuration = read_configuration(path)
    assert configuration.items is not None
    kestrel, northstar = configuration.items.parts
    assert configuration.items.columns_of(kestrel).spec("queue").needed == ("kolejka",)  # type: ignore[union-attr]
    assert northstar.timezone == "Asia/Manila"
    path.write_text(block[1].replace("rows: grid", "rows: rows"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"attendance\.rows"):
        read_configuration(path)
