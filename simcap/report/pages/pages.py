"""Write `report.html` into a folder of results: which page it gets, and how the file is made."""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.resources
from pathlib import Path
from typing import Any

from simcap.errors import RunError
from simcap.experiment.durable import disk
from simcap.experiment.folders import PAGE

TEMPLATES = "simcap.report.pages.templates"


def write_page(folder: Path) -> Path:
    """Write the page of a folder of results into it, and return its path. Nothing is simulated.

    Raises `RunError` if the folder does not hold whole results, or cannot be written.
    """
    text = page_of(folder)
    with disk(folder):
        part = folder / f".{PAGE}.part"
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(folder / PAGE)
    return folder / PAGE


def page_of(folder: Path) -> str:
    """Return the page of a folder of results. Raises `RunError` if it does not hold whole results."""
    if (folder / "manifest.json").exists():
        from simcap.report.pages.run_page import run_page

        return run_page(folder)
    if (folder / "comparison.json").exists():
        from simcap.report.pages.compare_page import compare_page

        return compare_page(folder)
    if (folder / "answer.json").exists():
        from simcap.report.pages.answer_page import answer_page

        return answer_page(folder)
    raise RunError(
        f"{folder}: holds no results that a page can be made of; name a folder that simcap wrote (`outputs/...`)"
    )


def render(template: str, **context: Any) -> str:
    """Return a page: one file with its style, whose policy allows that style and pictures inside the file, and no more.

    Everything in the context is escaped unless it is markup made by this package.
    """
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    text: str = _templates().get_template(template).render(style=_markup(style), policy=policy, **context)
    return text


@functools.cache
def _style() -> str:
    return importlib.resources.files(TEMPLATES).joinpath("page.css").read_text(encoding="utf-8")


@functools.cache
def _templates() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def source(name: str) -> str:
        return importlib.resources.files(TEMPLATES).joinpath(name).read_text(encoding="utf-8")

    return Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - the style sheet of this package
