"""Workbooks: what a run found, as planners and finance keep it.

`sheet` is how a sheet is written: columns with a kind, real dates, named tables. `run_book` says what the sheets of a
run hold, `answer_book` those of any other question; `books` picks and writes the file. Figures come from the review of
a run, so they are those of the page and of the terminal.
"""
