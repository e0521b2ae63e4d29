"""Figures in words: the sentences of the terminal, of chart titles and of documents.

In: results and their tables; out: strings. Decided here: how many digits a share has, when a difference counts, how a
window or a week is named, and what to say when replications are too few. Nothing here prints, draws or knows the width
of a page.
"""
