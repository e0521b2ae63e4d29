"""The context that all processes of a replication share."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Generator
from typing import Any, Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.workforce.duty import DayPattern
from simcap.workforce.orders import FloorOrders

Process = Generator[simpy.Event, Any, None]


class Watch(Protocol):
    """An observer of who comes to each shift; rows are those of the team's roster."""

    def absent(self, team: int, rows: NDArray[np.int64], start: float, length: float) -> None:
        """Note who was due on a shift (simulated seconds) but did not come."""
        ...

    def present(
        self, team: int, pattern: DayPattern, rows: NDArray[np.int64], on: NDArray[np.float64], off: NDArray[np.float64]
    ) -> None:
        """Note who came, with the starts and ends of their blocks on the floor, [agent, block]."""
        ...


@dataclasses.dataclass
class ReplicationContext:
    """The clock, the draws, the floor, and the grid on which paid time is counted."""

    env: simpy.Environment
    scenario: Scenario
    files: DataFiles
    streams: Streams
    floor: FloorOrders
    clock: Clock
    edges: NDArray[np.float64]
    notes: list[str] = dataclasses.field(default_factory=list)
    watch: Watch | None = None

    @property
    def first(self) -> dt.date:
        """Return the first day of the horizon."""
        return self.scenario.horizon.start

    def until(self, moment: float) -> simpy.Timeout:
        """Return the event of reaching a simulated time; it happens at once if that has passed."""
        return self.env.timeout(max(moment - self.env.now, 0.0))

    def begin(self, process: Process) -> None:
        """Start a process."""
        self.env.process(process)
