"""History in, fitted parameters out: what a scenario needs to know of last quarter, and how sure it is.

Three wings, of which each knows only those before it:

- `history` reads the files that people have, under simcap's own names, and says what it dropped.
- `fits` estimates one parameter a module from it, with an interval. It knows no scenario.
- `backtest` holds out days, predicts them by simulation, and scores that beside rules without a model.

`calibrate` goes through the first two and writes the parameters file; `quality` says what is odd in the history;
`synthesize` goes the other way, from a scenario to logs. No name of an agent leaves this room.
"""
