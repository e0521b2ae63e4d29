"""Figures in words: the sentences of the terminal, of chart titles and of documents.

In come results and their tables; out come strings. Here stands how many digits a share has, when a difference may be
called one, how a window or a week is named, and what is said when few replications do not tell. Nothing here prints,
draws or knows how wide a page is.
"""
