"""A first scenario of what a history shows, to be corrected as the calibration file was.

In go a history and the fits to it. `crews` finds who works when: from attendance or from the work itself
(`seen_shifts`), from reports of who was there (`staffed_hours`), else from a roster. `sizes` chooses what no file tells
so that work and hours go together. `scenario_text` writes the scenario, with the ground of each value beside it.

Nothing is fitted here. What the files do not tell is written as a placeholder, and marked with a ?.
"""
