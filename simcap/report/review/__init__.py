"""What a leader reads of a run, as figures and sentences: for pages, workbooks and slides alike.

In: results, in memory or read back from their folder; out: one `Review`. It selects, names and words what the tables
hold, with the functions of `wording`, so that every document says the same as the terminal. It draws nothing and knows
no file format.
"""
