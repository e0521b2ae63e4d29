"""Which desk reports show: by the hour with those who were there, or by longer periods with the teams of a scenario."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from simcap.calibration.backtest.desk import Learned
from simcap.calibration.backtest.head_counts import COUNTED
from simcap.calibration.backtest.hourly_desk import STAFFED, HourlyDesk, staffed_by
from simcap.calibration.backtest.hypothesis import Hypothesis
from simcap.calibration.backtest.reported_items import offered_items, with_items
from simcap.calibration.backtest.reported_share import check_shares
from simcap.calibration.backtest.shift_desk import ShiftDesk, check_scenario, rates_of
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.errors import DataError
from simcap.scenario.reading.loading import load


class ReportedDesk(Protocol):
    """A desk that reports show, under any hypothesis."""

    @property
    def configuration(self) -> Configuration:
        """Return the calibration that it is of."""

    @property
    def history(self) -> History:
        """Return the reports, with items as they count them."""

    def hypotheses(self, origin: dt.date) -> list[Hypothesis]:
        """Return what may be assumed before an origin; the first is taken where nothing tells."""

    def learn(self, configuration: Configuration, origin: dt.date, hypothesis: Hypothesis) -> Learned:
        """Return the desk at an origin."""

    def rests(self) -> Iterator[str]:
        """Yield what a replay of it rests on, in words."""


def reported_desk(
    configuration: Configuration, history: History, folder: Path, *, allow_outside: bool = False
) -> ReportedDesk:
    """Return the desk that reports show; `folder` is that of the calibration file.

    Positions by the hour are taken before shifts; the scenario's routing is taken where there is one. Raises
    `DataError` or `ScenarioError` if reports, or a scenario, do not say enough.
    """
    backtest = configuration.backtest
    assert backtest is not None
    check_shares(history, backtest)
    file = None
    if backtest.scenario is not None:
        file = load(folder / backtest.scenario, allow_outside=allow_outside)
    offered = offered_items(configuration, history, rates_of(file, history) if file is not None else {})
    history = with_items(configuration, history, offered)
    if staffed_by(history):
        return HourlyDesk(configuration, history, offered, file.scenario if file is not None else None)
    if file is None:
        raise DataError(
            f"backtest: no report says by the hour who was there ({' or '.join(STAFFED)}). With head counts by day, "
            f"week or month ({', '.join(COUNTED)}), name a scenario whose teams have shifts, for example\n"
            "backtest: {scenario: ../scenarios/plan.yaml}"
        )
    check_scenario(file, history, f"backtest.scenario: {backtest.scenario}")
    return ShiftDesk(configuration, history, offered, file)
