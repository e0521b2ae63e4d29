"""What is drawn, one module per chart.

In: results; out: figures, saved as PNG and SVG by `run` and `comparison`. `style` has the colours, which the
colour-blind can tell apart, and the sheet; `fonts` those of scripts that the usual one lacks; `panels` the small
multiples and the sheets that many of them are laid on; `timeline` the axis of local days; `marks` the flags of events
below a curve. A title states the finding of the chart, in the words of `wording`, and counts what can be seen. Marks
and areas differ in shape or hatching as well as in colour. Only charts in the list `run.CHARTS` are drawn, and only
where they have something to tell.
"""
