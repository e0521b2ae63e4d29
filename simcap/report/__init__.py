"""Results as people read them. Figures come in; nothing is simulated, estimated or ranked here.

- `wording` has the words for figures, dates, windows, risks and verdicts. The other wings speak through it, so that
  the terminal, a chart's title and a file say one thing in one way.
- `terminal` prints: one module a command, one console, progress.
- `charts` draws: one module a chart, all in one style.
- `documents` gives machines the same as plain values and tables.

The only room that may load matplotlib, and it is loaded only when a chart is drawn.
"""
