"""The files that a scenario names, each read once.

In goes a path with the kind of file that belongs there; out come columns in seconds and UTC. `tables` reads CSV and
checks every cell, with its line and column where something is wrong; `files` knows the kinds; `data_files` keeps what
was read. `public_holidays` asks the `holidays` library in the same way. YAML is not read here, and no file of a
calibration.
"""
