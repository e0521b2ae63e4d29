"""Shares and multiples as options: "1%", "90%" or 0.9, "120%" or 1.2."""

from __future__ import annotations

from typing import Any

import click


class Share(click.ParamType[float]):
    """A share above 0 and below 1."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share as a fraction."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            self.fail(f"{value!r} is not a share; write for example 1%", param, ctx)
        if not 0 < share < 1:
            from simcap.units import percent_hint

            hint = "" if text.endswith("%") else percent_hint(share)
            self.fail(f"{value} is not between 0% and 100%{hint}", param, ctx)
        return share


class Times(click.ParamType[float]):
    """How many times as much: above 0."""

    name = "times"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the multiple as a number."""
        text = str(value).strip()
        try:
            times = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            self.fail(f"{value!r} is not a multiple; write for example 120%, or 1.2", param, ctx)
        from simcap.calibration.backtest.other_hours import MOST

        if not 0 < times <= MOST:
            self.fail(f"{value} is not above 0 and at most {MOST:.0%}; write for example 120%, or 1.2", param, ctx)
        return times
