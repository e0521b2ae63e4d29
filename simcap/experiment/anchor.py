"""The anchor of a scenario's runs: what a back-test of the scenario found, in a file beside fitted parameters.

A rule without a model says the same of all weeks to come: its levels by hour of the week, by weekday and by week, as of
the last day that was known. What it is worth so many weeks ahead is told by hindcasts, and so is the simulation's
weight.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from simcap.errors import RunError
from simcap.experiment.manifest import manifest_of
from simcap.experiment.plain_json import json_text
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.quantities import Count, Date, Model, Number

ANCHOR: Final = "anchor.json"
"""The file, in the folder of a back-test."""
FOLDER: Final = "backtest"
"""Where a back-test is left, beside the calibration's parameters."""
FEWEST: Final = 20
"""Windows of hindcasts that tell: with fewer, nothing is learned; the weight is 1/2, and bands stay as they are."""
PERIODS: Final = ("week", "day", "hour")
_STATED: Final = ("name", "description", "extends", "calibration", "horizon", "simulation")
"""What of a scenario a back-test puts in its place, or what changes nothing of what is simulated."""

_Share = Annotated[float, Field(ge=0, le=1)]


class Ahead(Model):
    """What hindcasts say of windows that begin so many weeks ahead."""

    weight: _Share
    """Of the simulation."""
    windows: Count
    """Windows that tell simulation and rule apart."""


class RuleLevels(Model):
    """What a rule says of an SLA of a queue; null where it knows nothing."""

    queue: str
    sla: str
    week: tuple[_Share | None] | None = None
    """Of any week."""
    day: Annotated[tuple[_Share | None, ...], Field(min_length=7, max_length=7)] | None = None
    """Of a day, by weekday from Monday on."""
    hour: Annotated[tuple[_Share | None, ...], Field(min_length=168, max_length=168)] | None = None
    """Of an hour, from Monday 0:00 on."""

    def at(self, period: str, start: dt.datetime) -> float:
        """Return what the rule says of a window; NaN where it knows nothing."""
        levels: tuple[float | None, ...] | None = getattr(self, period)
        place = {"week": 0, "day": start.weekday(), "hour": 24 * start.weekday() + start.hour}[period]
        level = levels[place] if levels is not None else None
        return math.nan if level is None else level


class ScenarioAnchor(Model):
    """What the runs of a scenario are anchored by."""

    scenario: str
    """Its name when it was tested."""
    key: str
    """Of the scenario, its calibration and its data: see `key_of_scenario`."""
    known_to: Date
    """The last day that was known."""
    rule: str
    """The rule without a model that missed the hindcasts least, by its short name."""
    says: str
    """What the rule says, in words."""
    ahead: Annotated[tuple[Ahead, ...], Field(min_length=1)]
    """By the week ahead of the last day that was known, the first one first."""
    factors: dict[str, Annotated[Number, Field(ge=0)]]
    """On the half-widths of bands in log odds, by length of windows; 1 where none is given."""
    levels: tuple[RuleLevels, ...]
    left_out: tuple[str, ...] = ()
    """SLAs that a log does not measure, and why."""

    @property
    def windows(self) -> int:
        """Return how many windows of hindcasts it rests on."""
        return sum(one.windows for one in self.ahead)

    def weeks_ahead(self, start: dt.date) -> int:
        """Return in which week ahead of what was known a day is, from 1; less for days that were known."""
        return (start - self.known_to - dt.timedelta(days=1)).days // 7 + 1


def key_of_scenario(file: ScenarioFile) -> str:
    """Return a key of all that decides what a scenario simulates, but for when it begins and what waits then.

    Equal keys: the same teams, contracts, SLAs, events, fitted values and data files.
    """
    document: dict[str, Any] = {key: value for key, value in file.document.items() if key not in _STATED}
    document["timezone"] = file.scenario.horizon.timezone
    document["queues"] = {
        name: {key: value for key, value in (spec or {}).items() if key != "backlog"}
        for name, spec in document["queues"].items()
    }
    text = json.dumps([document, manifest_of(file, 0, 0, ())["data"]], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def anchor_path(file: ScenarioFile) -> Path | None:
    """Return where the anchor of a scenario is, if there is one; None if it has no calibration."""
    named = file.scenario.calibration
    return None if named is None else (file.folder / named).parent / FOLDER / ANCHOR


def write_anchor(anchor: ScenarioAnchor, folder: Path) -> None:
    """Write an anchor into a folder."""
    (folder / ANCHOR).write_text(json_text(anchor.model_dump(mode="json")) + "\n", encoding="utf-8")


def read_anchor(path: Path) -> ScenarioAnchor:
    """Return the anchor in a file. Raises `RunError` if it is none."""
    try:
        return ScenarioAnchor.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        why = f"{len(error.errors())} of its values" if isinstance(error, ValidationError) else str(error)
        raise RunError(
            f"{path}: is no anchor that this version of simcap can read ({why}); run `simcap backtest` with --scenario "
            "again, or this with --no-anchor"
        ) from None
