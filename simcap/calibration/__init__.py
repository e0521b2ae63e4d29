"""History in, fitted parameters out: what a scenario needs to know about last quarter, and how certain it is.

Three wings, each of which knows only those before it:

- `history` reads people's files under simcap's own names, and reports what it dropped.
- `fits` estimates one parameter per module from it, with an interval. It knows no scenario.
- `backtest` holds out days, predicts them by simulation, and scores that against rules without a model.

`calibrate` runs the first two and writes the parameters file; `quality` reports what is odd in the history;
`synthesize` goes the other way, from a scenario to logs. No agent's name leaves this room.
"""
