"""What is drawn, one module per chart.

In: results; out: figures, saved as PNG and SVG by `run` and `comparison`. `style` has the colours, which the
colour-blind can tell apart, and the sheet; `panels` the small multiples; `timeline` the axis of local days; `marks`
the flags of events below a curve. A title states the finding of the chart, in the words of `wording`. Only
charts in the list `run.CHARTS` are drawn.
"""
