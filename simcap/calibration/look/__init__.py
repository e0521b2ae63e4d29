"""What files seem to be, before anything is said of them: a first calibration file to correct.

In go paths. `features` sees what the cells of a column hold, `vocabulary` knows the words that tools and people use for
things, `guess` puts the two together: the kind of each table and the role of its columns. `proposal` writes the
calibration file, every guess with the cell that it rests on.

Nothing is fitted here, and nothing is decided: what cannot be told from the files is marked to be filled in.
"""
