"""Files as people have them: what is a table in a file, and what its cells say.

In goes a path and what its owner says of it (`layout.TableLayout`): a sheet, the row of the header, an encoding. What
is left out is found out from the file, and told. Out come the columns that somebody asks for by name
(`table.FileTable`), each cell as it stands, and readings of cells: moments (`moments`), numbers and durations
(`quantities`).

The order of day and month is never guessed. This room knows nothing of queues, agents or zones: times are those of
the wall clock, unless a cell carries its offset.
"""
