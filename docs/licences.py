"""The licences of all that `pip install simcap` installs, as its packages declare them."""

from __future__ import annotations

import importlib.metadata as metadata
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FREE = ("MIT", "BSD", "Apache", "PSF", "Python Software Foundation", "Zlib", "CC0", "MPL", "ISC", "LLVM")
"""What a licence that asks for no more than its notice begins with, or has in its name."""
HEAD = """# Licences

All that `pip install simcap` installs, and under which licence, as the packages declare it (`make docs`). A test refuses
what is none of MIT, BSD, Apache, PSF, Zlib, CC0, ISC and MPL, such as the GPL. `pip-audit -r constraints.txt` (`make
audit`) asks the databases of known vulnerabilities.

| package | licence | needed by |
|---|---|---|
"""


@dataclass(frozen=True)
class Package:
    """An installed package, its licence, and the package that was first seen to need it."""

    name: str
    licence: str
    needed_by: str

    @property
    def is_free(self) -> bool:
        """Whether each part of the licence is one that the project takes."""
        parts = self.licence.replace(" OR ", " AND ").replace(" WITH ", " AND ").replace(", ", " AND ").split(" AND ")
        return all(any(free in part for free in FREE) for part in parts)


def packages(root: str = "simcap") -> list[Package]:
    """Return what a package needs, and what that needs in turn, by name."""
    found: dict[str, Package] = {}
    todo = [(root, "")]
    for name, needed_by in todo:
        key = canonicalize_name(name)
        if key in found:
            continue
        own = metadata.distribution(name)
        found[key] = Package(key, _licence(own), needed_by)
        needs = [Requirement(line) for line in own.requires or []]
        todo += [(need.name, key) for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    del found[canonicalize_name(root)]
    return sorted(found.values(), key=lambda package: package.name)


def _licence(package: metadata.Distribution) -> str:
    """Return an SPDX expression if there is one, else what the classifiers say."""
    if expression := package.metadata.get("License-Expression"):
        return str(expression)
    classifiers = package.metadata.get_all("Classifier") or []
    named = [line.rsplit(" :: ", 1)[1] for line in classifiers if line.startswith("License")]
    return ", ".join(named) or str(package.metadata.get("License", "unknown")).splitlines()[0]


def licences_page() -> str:
    """Return the page as Markdown."""
    rows = (f"| {each.name} | {each.licence} | {each.needed_by} |\n" for each in packages())
    return HEAD + "".join(rows)
