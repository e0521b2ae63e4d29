"""What the terminal shows, one module per command.

In: results; out: renderables for the one console (`console`), as wide as the terminal, or as a page if the output is
a pipe. Sentences come from `wording`; figures are only selected and rounded here. `progress` shows how far a command
is.
"""
