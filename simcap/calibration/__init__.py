"""History in, fitted parameters out: what a scenario needs to know about last quarter, and how certain it is.

Six wings:

- `history` reads people's files under simcap's own names, and reports what it dropped.
- `fits` estimates one parameter per module from it, with an interval. It knows no scenario.
- `look` sees what files that tools export seem to be, and proposes a calibration file that reads them.
- `draft` writes a first scenario that runs on a calibration, with the teams and shifts that a history shows.
- `pickup` fits and simulates when items are picked up, for desks whose staffing answers to their backlog.
- `backtest` holds out days, predicts them by simulation, and scores that against rules without a model.

`calibrate` runs `history` and `fits` and writes the parameters file; `quality` reports what is odd in the history;
`synthesize` goes the other way, from a scenario to logs, and `scorecard` from logs to the workbook of their weeks. No
agent's name leaves this room.
"""
