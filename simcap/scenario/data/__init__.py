"""The files that a scenario names, each read once.

In: a path and the kind of file that belongs there; out: columns in seconds and UTC. `tables` reads CSV and
checks every cell, with its line and column where something is wrong; `files` knows the kinds; `data_files` keeps what
was read. `public_holidays` asks the `holidays` library in the same way. Neither YAML nor a calibration's files are read
here.
"""
