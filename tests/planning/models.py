"""A model of four classes and overtime whose effects are given by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simcap.planning.effects import EffectModel
from simcap.planning.levers import Lever

EARLY, LATE, NOVEMBER = dt.date(2026, 10, 12), dt.date(2026, 10, 19), dt.date(2026, 11, 2)


def a_class(team: str, day: dt.date, high: int = 40) -> Lever:
    return Lever("class", "north", team, 0, high, day, day, day)


LEVERS = [
    a_class("a", EARLY), a_class("a", LATE), a_class("b", LATE), a_class("b", NOVEMBER),
    Lever("overtime", "north", "", 0, 1),
]  # fmt: skip


def a_model(effect: list[list[float]], price: tuple[float, ...] = (10.0, 9.0, 9.0, 6.0, 500.0)) -> EffectModel:
    """Return the model of the levers, of two teams of 40 agents."""
    teams = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]], float)
    there = np.ones((len(effect), len(LEVERS)))
    return EffectModel(list(LEVERS), np.array(effect), np.array(price), there, teams, np.array([40.0, 40.0, 1.0]), 0.1)
