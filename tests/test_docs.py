"""What the documents promise: README's commands and scenario, help texts, links, decisions."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from docs.generate import pages
from simcap.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)


def readme_commands() -> list[str]:
    lines = [line.split("#")[0].strip() for kind, text in BLOCKS if kind == "" for line in text.splitlines()]
    return [line for line in lines if line.startswith("simcap ")]


@pytest.mark.parametrize("line", readme_commands())
def test_commands_of_the_readme_are_understood(line: str) -> None:
    name, *words = shlex.split(line)[1:]
    command = main.get_command(click.Context(main), name)
    assert command is not None
    with click.Context(command) as context:
        command.parse_args(context, words)
    files = [word for word in words if word.endswith(".yaml")]
    assert all((ROOT / word).is_file() for word in files)


def test_the_scenario_of_the_readme_runs(tmp_path: Path) -> None:
    text = next(text for kind, text in BLOCKS if kind == "yaml")
    (tmp_path / "two.yaml").write_text(text)
    checked = CliRunner().invoke(main, ["check", str(tmp_path / "two.yaml")])
    assert checked.exit_code == 0, checked.output
    done = CliRunner().invoke(
        main, ["run", str(tmp_path / "two.yaml"), "-n", "2", "--out", str(tmp_path / "out"), "-j", "1", "--no-charts"]
    )
    assert done.exit_code == 0, done.output
    assert "listings" in done.output


def test_the_examples_of_the_python_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two-shifts.yaml").write_text(next(text for kind, text in BLOCKS if kind == "yaml"))
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for text in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(text, names)
    assert names["shocks"].table["shock"].eq("a flood of reports").any()
    assert names["plan"].reached
    assert sum(names["plan"].amounts.values()) < 0
    assert not names["drivers"].sobol.empty
    assert names["drawn"]["value"].tolist() == [0.08]
    assert names["load"].reasons
    assert set(names["logs"].tables) == {"items", "roster", "attendance"}
    assert not names["fits"].table().empty
    assert not names["tested"].windows.empty
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "two-shifts.yaml"], "nothing else is left"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_has_an_example(name: str) -> None:
    assert f"`simcap {name}" in README
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help is not None
    assert f"simcap {name}" in command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("page", pages())
def test_generated_pages_are_current(page: str) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == pages()[page], "run `make docs`"


def test_links_of_the_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make (\w[\w-]*)", README, re.MULTILINE))
    assert targets >= {"run", "test", "bench"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
