"""Simulate the workforce capacity of moderation operations that are run by outside partners.

The verbs of the command line are functions here: `simcap.run`, `simcap.compare`, `simcap.stress`,
`simcap.staff`, `simcap.sensitivity`; see `simcap.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simcap.api import change, compare, run, sensitivity, staff, stress
    from simcap.planning.changes import Change
    from simcap.scenario.loading import load

__all__ = ["Change", "change", "compare", "load", "run", "sensitivity", "staff", "stress"]


def __getattr__(name: str) -> Any:
    """Return a verb when it is first asked for: the libraries behind it take a second to import."""
    if name not in __all__:
        raise AttributeError(f"module 'simcap' has no attribute {name!r}")
    from simcap import api

    return getattr(api, name)
