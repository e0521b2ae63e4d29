"""The files of last quarter, as the rest of the calibration may see them.

In goes `calibration.yaml` (`configuration`): which files there are, what their columns are called, in which zone they
tell the time, and by which SLAs a back-test is judged (`yardsticks`). `sheets` reads one file, whatever its kind, and
counts what it drops by reason; `logs` gives its columns simcap's names and types; `history` holds them together.

Out comes one frozen `History`: times in POSIX seconds UTC, durations in seconds, agents as numbers. Behind this wing
nobody opens a file, knows a column's name in the original, or sees who an agent is. Nothing is estimated here.
"""
