"""Plain documents as YAML text."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML


def to_yaml(document: dict[str, Any], comment: str = "") -> str:
    """Return a document of dicts, lists, text and numbers as YAML: mappings in their order, short lists on one line."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 110
    yaml.allow_unicode = True
    text = io.StringIO()
    yaml.dump(document, text)
    return "".join(f"# {line}\n" for line in comment.splitlines()) + text.getvalue()
