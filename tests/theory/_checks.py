"""Checks of arguments: each raises `ValueError` with a message for a person."""

from __future__ import annotations

import math


def positive(value: float, what: str) -> None:
    """Raise `ValueError` unless `value` is finite and more than zero."""
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{what} is {value:g}; it must be finite and more than zero")


def not_negative(value: float, what: str) -> None:
    """Raise `ValueError` unless `value` is finite and zero or more."""
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{what} is {value:g}; it must be finite and zero or more")


def share_below_one(value: float, what: str) -> None:
    """Raise `ValueError` unless 0 <= value < 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{what} is {value:g}; it must be a share of at least 0 and below 1 (30% is 0.3)")


def whole_agents(agents: int, *, least: int = 1) -> None:
    """Raise `ValueError` unless `agents` is a whole number of at least `least`."""
    if agents != math.floor(agents) or agents < least:
        raise ValueError(f"agents is {agents:g}; it must be a whole number of at least {least}")


def patience(mean_patience: float) -> None:
    """Raise `ValueError` unless mean patience is more than zero; infinity means that nobody abandons."""
    if not mean_patience > 0:
        raise ValueError(f"mean_patience is {mean_patience:g}; it must be more than zero (infinity: nobody abandons)")


def stable(load: float, agents: int) -> None:
    """Raise `ValueError` unless `agents` can keep up with a load in erlangs."""
    if load >= agents:
        raise ValueError(
            f"{load:g} erlangs on {agents:g} agents: an unstable queue has no steady state; "
            f"it takes at least {math.floor(load) + 1} agents, or items that give up waiting"
        )
