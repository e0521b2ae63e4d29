"""Results as people read them. Figures come in; nothing is simulated, estimated or ranked here.

- `wording` has the words for figures, dates, windows, risks and verdicts. The other wings use it, so that the
  terminal, a chart's title and a file put things the same way.
- `terminal` prints: one module a command, one console, progress.
- `charts` draws: one module a chart, all in one style.
- `documents` gives machines the same figures as plain values and tables.

Only this room may load matplotlib, and only when a chart is drawn.
"""
