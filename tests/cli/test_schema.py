"""simcap schema: what editors are given."""

from __future__ import annotations

import json

from click.testing import CliRunner

from simcap.cli import main
from simcap.scenario.reading.jsonschema import schema_text


def test_the_schema_is_json_whatever_is_asked() -> None:
    plain, asked, quiet = (
        CliRunner().invoke(main, ["schema", *words]).stdout for words in ([], ["--json"], ["--quiet"])
    )
    assert plain == asked == quiet == schema_text()
    assert json.loads(plain)["title"] == "simcap scenario"
