"""The errors that a user may see: each carries one finished message for a person."""

from __future__ import annotations


class SimcapError(Exception):
    """Report a problem that the user can mend; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ScenarioError(SimcapError):
    """Report everything that is wrong with a scenario file, one problem a line."""


class DataError(SimcapError):
    """Report a data file that cannot be read as what the scenario says it is."""


class RunError(SimcapError):
    """Report a run that cannot start, go on or be stored."""


class Interrupted(SimcapError):
    """Report a run that was stopped by the user; what had finished is kept."""

    exit_code = 130
