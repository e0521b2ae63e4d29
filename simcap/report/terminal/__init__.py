"""What the terminal shows, one module a command.

In come results; out come renderables for the one console (`console`), as wide as the terminal, or as a page where the
output is a pipe. Sentences come from `wording`; no figure is computed here beyond choosing and rounding. `progress`
tells how far a command is.
"""
