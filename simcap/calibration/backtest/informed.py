"""Predictions that are told parts of the days after their origin, and nothing else of them."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from typing import Final

import numpy as np

from simcap.calibration.backtest.asking import Asking
from simcap.calibration.backtest.days_seen import availability_factors, handle_factors
from simcap.calibration.backtest.desk import Mode, known_at, learn, midnight
from simcap.calibration.backtest.desk_files import changes_of
from simcap.calibration.backtest.overlay import LaidOver, laid_over
from simcap.calibration.backtest.pickup_desk import learn_pick_ups, ordered_as_later, simulated_until
from simcap.calibration.backtest.pickup_items import Coming, as_many_as_came, items_to_come
from simcap.calibration.backtest.pickup_prediction import predict_pick_ups
from simcap.calibration.backtest.predict import Prediction, predict, predict_scenario
from simcap.calibration.backtest.told import OF_MODE, Told, mode_of
from simcap.scenario.data.files import Trace
from simcap.scenario.reading.derived import validated
from simcap.units import DAY

_CAME: Final = "what came"


def predict_told(ask: Asking, origin: dt.date, mode: Mode, also: Told) -> Prediction:
    """Predict the days after an origin, told what its mode is told and `also` more.

    Raises `DataError` or `ScenarioError` as predictions do.
    """
    told = OF_MODE[mode] | also
    if mode == "scenario":
        found = _of_scenario(ask, origin, told)
    elif ask.model.chosen is not None:
        found = _of_pick_ups(ask, origin, told)
    else:
        found = _of_floor(ask, origin, told)
    return dataclasses.replace(found, mode=mode)


def _of_floor(ask: Asking, origin: dt.date, told: Told) -> Prediction:
    configuration, history, mode = ask.configuration, ask.history, mode_of(told)
    learned = learn(configuration, history, origin, mode)
    if mode != "replay":
        learned = dataclasses.replace(learned, coming=_coming(ask, origin, learned.queues, told))
    if "handle_times" in told:
        factors = handle_factors(configuration, history, learned.past, origin)
        by_queue = {queue: factors[queue].to_numpy(float) for queue in learned.queues}
        learned = dataclasses.replace(learned, handling=by_queue)
    if "availability" in told:
        known = learned if mode != "forecast" else learn(configuration, history, origin, "plan")
        learned = dataclasses.replace(learned, working=availability_factors(configuration, history, known))
    return predict(configuration, history, learned, mode, ask.jobs)


def _of_pick_ups(ask: Asking, origin: dt.date, told: Told) -> Prediction:
    configuration, history, chosen = ask.configuration, ask.history, ask.model.chosen
    assert chosen is not None
    assert configuration.backtest is not None
    mode: Mode = "replay" if "staffing" in told else "forecast"
    learned = learn_pick_ups(configuration, history, origin, mode, chosen.settings)
    if "order" in told:
        learned = ordered_as_later(configuration, history, learned)
    coming = _coming(ask, origin, learned.queues, told)
    coming = coming or items_to_come(configuration, history, origin, configuration.backtest.replications)
    coming = coming * (configuration.backtest.replications // len(coming))
    return predict_pick_ups(configuration, history, learned, mode, coming, {})


def _of_scenario(ask: Asking, origin: dt.date, told: Told) -> Prediction:
    assert ask.overlay is not None
    laid = laid_over(ask.overlay, ask.configuration, ask.history, origin)
    sources = [name for name, queue in laid.file.scenario.queues.items() if queue.arrivals is not None]
    if coming := _coming(ask, origin, sources, told):
        laid = _with_items(ask, laid, coming)
    if "handle_times" in told:
        past = known_at(ask.history.items, laid.known.begin)
        factors = handle_factors(ask.configuration, ask.history, past, origin)
        by_queue = {str(queue): factors[queue].to_numpy(float) for queue in factors if queue in laid.known.queues}
        document = copy.deepcopy(laid.file.document)
        document["events"] = {**document.get("events", {}), **changes_of(origin, by_queue)}
        laid = _restated(laid, document)
    return predict_scenario(ask.configuration, ask.history, laid, ask.jobs)


def _coming(ask: Asking, origin: dt.date, queues: list[str], told: Told) -> tuple[Coming, ...]:
    """Return the items of these queues as far as they are told, by replication; none if they are not."""
    if not told & {"items", "volumes"}:
        return ()
    assert ask.configuration.backtest is not None
    begin = midnight(ask.configuration, origin)
    until = midnight(ask.configuration, simulated_until(ask.configuration, origin))
    items = ask.history.items[ask.history.items["created"].between(begin, until, inclusive="left")]
    queue, created = items["queue"].astype(str).to_numpy(object), items["created"].to_numpy(float)
    came = {name: np.sort(created[queue == name]) for name in queues}
    if "items" in told:
        return (came,)
    drawn = items_to_come(ask.configuration, ask.history, origin, ask.configuration.backtest.replications)
    return as_many_as_came(drawn, came, begin, ask.configuration.timezone)


def _with_items(ask: Asking, laid: LaidOver, coming: tuple[Coming, ...]) -> LaidOver:
    """Return a scenario whose items from outside are these; what follows decisions is still drawn."""
    document = copy.deepcopy(laid.file.document)
    created = ask.history.items["created"]
    since = laid.known.begin - laid.file.scenario.horizon.warm_up - DAY
    before = ask.history.items[(created >= since) & (created < laid.known.begin)]
    early = {name: before.loc[before["queue"] == name, "created"].to_numpy(float) for name in coming[0]}
    for name in coming[0]:
        document["queues"][name]["arrivals"] = {"trace": _CAME}
    given = tuple(
        laid.file.files.with_given({_CAME: {name: _trace(early[name], times) for name, times in one.items()}})
        for one in coming
    )
    assert laid.file.fitted is not None
    still = frozenset(path for path in laid.file.fitted.open if ".arrivals." not in path)
    file = dataclasses.replace(laid.file, files=given[0], fitted=dataclasses.replace(laid.file.fitted, open=still))
    return _restated(dataclasses.replace(laid, file=file, given=given), document)


def _restated(laid: LaidOver, document: dict[str, object]) -> LaidOver:
    file = dataclasses.replace(laid.file, scenario=validated(document), document=document)
    return dataclasses.replace(laid, file=file)


def _trace(*created: np.ndarray) -> Trace:
    times = np.sort(np.concatenate(created))
    return Trace(times, np.full(times.size, np.nan))
