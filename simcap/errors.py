"""The errors that a user may see: each carries one complete message, written for a person."""

from __future__ import annotations


class SimcapError(Exception):
    """Report a problem that the user can fix; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ScenarioError(SimcapError):
    """Report everything that is wrong with a scenario file, one problem per line."""


class DataError(SimcapError):
    """Report a data file that is not what the scenario says it is."""


class RunError(SimcapError):
    """Report a run that cannot start, continue or be stored."""


class NotWritten(RunError):
    """Report results that could not be written; `result` is what the verb would have returned."""

    def __init__(self, message: str, result: object) -> None:
        super().__init__(message)
        self.result = result


class Interrupted(SimcapError):
    """Report a run that the user has stopped; finished replications are kept."""

    exit_code = 130
