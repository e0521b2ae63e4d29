"""History in, fitted parameters out: what a scenario needs to know of last quarter, and how sure it is.

Four wings:

- `history` reads the files that people have, under simcap's own names, and says what it dropped.
- `fits` estimates one parameter a module from it, with an interval. It knows no scenario.
- `look` sees what files that tools export seem to be, and proposes a calibration file that reads them.
- `backtest` holds out days, predicts them by simulation, and scores that beside rules without a model.

`calibrate` goes through `history` and `fits` and writes the parameters file; `quality` says what is odd in the history;
`synthesize` goes the other way, from a scenario to logs. No name of an agent leaves this room.
"""
