"""What is drawn, one module a chart.

In come results; out come figures, saved as PNG and SVG by `run` and `comparison`. `style` has the colours, which the
colour-blind can tell apart, and the sheet; `panels` the small multiples; `timeline` the axis of local days; `marks`
the flags of events below a curve. A title says what the chart found, in the words of `wording`. A chart that is not
in a list (`run.CHARTS`) is drawn by nobody.
"""
