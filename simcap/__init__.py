"""Simulate the workforce capacity of moderation operations that are run by outside partners.

The verbs of the command line are functions here: `simcap.run`, `simcap.compare`, `simcap.stress`, `simcap.staff`,
`simcap.sensitivity`, `simcap.check`, `simcap.calibrate`, `simcap.backtest`, `simcap.synthesize`, and
`simcap.write_pages` for `simcap report`; see `simcap.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simcap.api import (
        Change,
        backtest,
        begin_from,
        calibrate,
        change,
        check,
        compare,
        load,
        look,
        parameters,
        run,
        sensitivity,
        staff,
        stress,
        synthesize,
        write_pages,
    )

__all__ = [
    "Change", "backtest", "begin_from", "calibrate", "change", "check", "compare", "load", "look", "parameters", "run",
    "sensitivity", "staff", "stress", "synthesize", "write_pages",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Return a verb when it is first asked for: the libraries behind it take a second to import."""
    if name not in __all__:
        raise AttributeError(f"module 'simcap' has no attribute {name!r}")
    from simcap import api

    return getattr(api, name)


def __dir__() -> list[str]:
    """Return the verbs, those that nobody has asked for yet among them, and the module's own attributes."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
