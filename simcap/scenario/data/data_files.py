"""The data files of a scenario as its readers give them: each is read only once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from simcap.errors import DataError
from simcap.scenario.data.files import (
    DutyBlocks,
    Floats,
    OpenItems,
    RosterRows,
    Trace,
    Volumes,
    read_duty,
    read_empirical,
    read_open_items,
    read_profile,
    read_roster,
    read_trace,
    read_volumes,
)
from simcap.scenario.data.reach import ANYWHERE, Reach

Content = TypeVar("Content")


class DataFiles:
    """Data files by the paths that a scenario gives, relative to a folder.

    Content `given` for a path is used instead of the file, which is then not read. All methods
    raise `DataError` for a file that cannot be read, or is out of reach.
    """

    def __init__(self, folder: Path, given: Mapping[str, object] | None = None, reach: Reach = ANYWHERE) -> None:
        self.folder, self.reach = folder, reach
        self._given = dict(given or {})
        self._read: dict[tuple[object, ...], Any] = {}

    def alike(self, other: DataFiles) -> bool:
        """Return whether a path surely means the same content in both."""
        return self is other or (self.folder == other.folder and not self._given and not other._given)

    def with_given(self, given: Mapping[str, object]) -> DataFiles:
        """Return these files with further content."""
        return DataFiles(self.folder, {**self._given, **given}, self.reach)

    def volumes(self, name: str, timezone: str) -> dict[str, Volumes]:
        """Return interval counts by queue."""
        return self._content(read_volumes, name, timezone)

    def trace(self, name: str, timezone: str) -> dict[str, Trace]:
        """Return creation times by queue."""
        return self._content(read_trace, name, timezone)

    def open_items(self, name: str, timezone: str) -> dict[str, OpenItems]:
        """Return the items that are open, by queue."""
        return self._content(read_open_items, name, timezone)

    def roster(self, name: str) -> RosterRows:
        """Return the agents of a team."""
        return self._content(read_roster, name)

    def duty(self, name: str, timezone: str) -> DutyBlocks:
        """Return blocks on the floor."""
        return self._content(read_duty, name, timezone)

    def empirical(self, name: str) -> Floats:
        """Return sorted durations in seconds."""
        return self._content(read_empirical, name)

    def profile(self, name: str) -> tuple[float, ...]:
        """Return 24 or 168 rates."""
        return self._content(read_profile, name)

    def _content(self, reader: Callable[..., Content], name: str, *zone: str) -> Content:
        if name in self._given:
            content: Content = self._given[name]  # type: ignore[assignment]
            return content
        key = (reader, name, *zone)
        if key not in self._read:
            if refusal := self.reach.refusal(self.folder / name):
                raise DataError(f"{self.folder / name}: {refusal}")
            self._read[key] = reader(self.folder / name, *zone)
        known: Content = self._read[key]
        return known


NO_FILES = DataFiles(Path())
"""For a scenario that names none."""
