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
from simcap.planning.shocks import own_shocks, read_shocks
from simcap.scenario.reading.loading import load
from tests.doc_pages import follow, written

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)


PYTHON_PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Return the commands that README and the help texts give as examples, each once."""
    texts = [text for kind, text in BLOCKS if kind == ""]
    texts += [command.help or "" for name in COMMANDS if (command := main.get_command(click.Context(main), name))]
    lines = [line.split("#")[0].split(">")[0].strip() for text in texts for line in text.splitlines()]
    return list(dict.fromkeys(line.removeprefix("$ ") for line in lines if re.match(r"(\$ )?simcap \w", line)))


def understood(line: str) -> list[str]:
    """Parse a command of simcap as the command line does; return its words."""
    name, *words = shlex.split(line, comments=True)[1:]
    command = main.get_command(click.Context(main), name)
    assert command is not None, line
    with click.Context(command) as context:
        command.parse_args(context, list(words))
    return words


@pytest.mark.parametrize("line", commands())
def test_commands_of_the_readme_and_of_the_help_are_understood(line: str) -> None:
    files = [word for word in understood(line) if word.endswith(".yaml")]
    assert all((ROOT / word).is_file() for word in files)


def two_shifts() -> str:
    found = re.search(r"```yaml\n(.*?)```", PYTHON_PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_scenario_of_the_python_page_runs(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(two_shifts())
    checked = CliRunner().invoke(main, ["check", str(tmp_path / "two.yaml")])
    assert checked.exit_code == 0, checked.output
    done = CliRunner().invoke(
        main, ["run", str(tmp_path / "two.yaml"), "-n", "2", "--out", str(tmp_path / "out"), "-j", "1", "--no-charts"]
    )
    assert done.exit_code == 0, done.output
    assert "listings" in done.output


def test_the_examples_of_the_python_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two-shifts.yaml").write_text(two_shifts())
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for text in re.findall(r"```python\n(.*?)```", PYTHON_PAGE, re.DOTALL):
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


TUTORIAL = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
FROM_NUMBERS, FROM_LOGS = TUTORIAL.split("## Last quarter's logs\n")


def test_the_tutorial_runs_to_its_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _enter_project(tmp_path, monkeypatch)
    assert [line.split()[1] for line in follow(FROM_NUMBERS.split("## Put your numbers in\n")[1])] == [
        "check", "run", "compare",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_tutorial_runs_from_logs_to_a_back_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _enter_project(tmp_path, monkeypatch)
    follow(re.sub(r"^\$.*\n", "", FROM_NUMBERS, flags=re.MULTILINE))
    assert [line.split()[1] for line in follow(FROM_LOGS)] == ["synthesize", "calibrate", "run", "backtest"]
    assert Path("calibration/last-quarter/backtest/scores.csv").is_file()


SCORECARD = (ROOT / "docs/scorecard.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_scorecard_leads_to_an_sla_curve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head, rest = SCORECARD.split("After a correction, fit again:\n")
    assert [line.split()[1] for line in follow(head)] == ["init", "synthesize", "init"]
    assert "$ cd mine" in head
    monkeypatch.chdir(tmp_path / "mine")
    assert [line.split()[1] for line in follow(rest)] == ["calibrate", "check", "run", "backtest"]
    assert Path("outputs/next-quarter/summary.json").is_file()
    assert Path("calibration/backtest/scores.csv").is_file()


def _enter_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = FROM_NUMBERS.split("## Put your numbers in\n")[0]
    assert follow(head) == ["simcap init my-programme"]
    assert "$ cd my-programme" in head
    monkeypatch.chdir(folder / "my-programme")


@pytest.mark.parametrize(
    "page",
    [ROOT / "docs/tutorial.md", ROOT / "docs/scorecard.md", *(ROOT / "docs/how-to").glob("*.md")],
    ids=lambda page: page.stem,
)
def test_commands_of_the_pages_are_understood(page: Path) -> None:
    lines = re.findall(r"^(?:\$ |    )(simcap .*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert lines
    for line in lines:
        understood(line)


HOW_TO = sorted((ROOT / "docs/how-to").glob("*.md"))


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_the_scenario_of_each_how_to_is_right(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    start = re.search(r"^\$ (simcap init demo.*)$", text, re.MULTILINE)
    assert start is not None
    monkeypatch.chdir(tmp_path)
    follow(f"```console\n$ {start[1]}\n```\n")
    monkeypatch.chdir(tmp_path / "demo")
    follow("".join(f"```yaml\n{block}```\n" for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)))
    paths = written(text)
    assert paths
    for path in paths:
        if path.parent.name == "scenarios":
            checked = CliRunner().invoke(main, ["check", str(path)])
            assert checked.exit_code == 0, checked.output
        else:
            base = re.search(r"simcap (?:stress|compare) (\S+)", text)
            assert base is not None
            scenario = load(Path(base[1]))
            assert own_shocks(scenario, read_shocks(path, scenario), ())


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
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                name, _, anchor = target.partition("#")
                path = page.parent / name if name else page
                assert path.exists(), f"{page.name} links to {target}"
                assert not anchor or anchor in anchors(path), f"{page.name} links to {target}"


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_classes_of_the_glossary_exist() -> None:
    page = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`(?! on the terminal)", page))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "simcap").rglob("*.py"))
    assert named
    assert named <= set(re.findall(r"^class (\w+)", code, re.MULTILINE))


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make (\w[\w-]*)", README, re.MULTILINE))
    assert targets >= {"run", "test", "bench"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
