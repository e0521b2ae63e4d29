"""What a pick-up desk would do if, from each origin on, other hours of work came for its items.

A desk whose staffing nobody wrote down has no agents that a scenario could change. What is picked up is then in
proportion to the effective hours that come, over the handle time of an item: the hazard is multiplied by how many times
as many come. That rests on two things. Whoever comes works as those before did, by the same order and hours of the
day. And the desk goes on answering to its backlog as it did, which hindcasts choose, and cannot choose surely: the more
it picks up in proportion to what waits, the less is gained by hours that leave less waiting. So the difference is also
told for each other answer.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.backtest.asking import Asking
from simcap.calibration.backtest.pickup_desk import PickUps, learn_pick_ups
from simcap.calibration.backtest.pickup_items import items_to_come
from simcap.calibration.backtest.pickup_prediction import predict_pick_ups
from simcap.calibration.backtest.pickup_settings import ANSWERS
from simcap.calibration.backtest.scores import windows_table

MOST: Final = 10.0
"""Times as many hours, at most."""
_WINDOW: Final = ["origin", "queue", "sla", "period", "start"]
COLUMNS: Final = (*_WINDOW, "items", "times", "base", "variant", "p05", "p95", "difference", "least", "most")


def other_hours_table(ask: Asking, origins: Sequence[dt.date], times: float) -> pd.DataFrame:
    """Return by window of a forecast: expected attainment as it is and with `times` as many effective hours an item.

    Columns: origin, queue, sla, period, start, items (that came, by which means are weighed), times, base, variant with
    the p05 and p95 of its replications, difference, and the least and the most that it is with any of the `ANSWERS`.
    Both are predicted on the same draws; no conformal factor widens them. `ask` is of a pick-up desk.
    """
    return pd.concat([_of_origin(ask, origin, times) for origin in origins], ignore_index=True)


def _of_origin(ask: Asking, origin: dt.date, times: float) -> pd.DataFrame:
    assert ask.model.chosen is not None
    settings = ask.model.chosen.settings
    found: dict[float, tuple[pd.DataFrame, ...]] = {}
    for answer in dict.fromkeys((settings.answer, *ANSWERS)):
        ask.progress(f"forecast from {origin} with {times:.0%} of the hours", len(found), len(ANSWERS))
        learned = learn_pick_ups(
            ask.configuration, ask.history, origin, "forecast", dataclasses.replace(settings, answer=answer)
        )
        found[answer] = tuple(_forecast(ask, desk) for desk in (learned, with_hours(learned, times)))
    base, variant = found[settings.answer]
    differences = [other["mean"] - one["mean"] for one, other in found.values()]
    table = variant[["items", "p05", "p95"]].assign(
        times=times,
        base=base["mean"],
        variant=variant["mean"],
        difference=differences[0],
        least=np.min(differences, axis=0),
        most=np.max(differences, axis=0),
    )
    return table.reset_index()[list(COLUMNS)]


def _forecast(ask: Asking, desk: PickUps) -> pd.DataFrame:
    assert ask.configuration.backtest is not None
    backtest = ask.configuration.backtest
    coming = items_to_come(ask.configuration, ask.history, desk.origin, backtest.replications)
    prediction = predict_pick_ups(ask.configuration, ask.history, desk, "forecast", coming, {})
    return windows_table([prediction], backtest.finest).set_index(_WINDOW)


def with_hours(learned: PickUps, times: float) -> PickUps:
    """Return a desk whose hazards are `times` as high from its origin on."""
    hazards = {
        name: dataclasses.replace(hazard, base=hazard.base + math.log(times))
        for name, hazard in learned.hazards.items()
    }
    return dataclasses.replace(learned, hazards=hazards)
