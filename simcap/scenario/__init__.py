"""What a user may ask for, from the file to one frozen `Scenario`.

- `schema` says what may be written: every key, its kind, unit and default.
- `data` reads the files that a scenario names: volumes, traces, rosters, duty, profiles, holidays.
- `reading` takes YAML to a `Scenario`: parents merged, values checked alone and against each other, all that is wrong
  told at once with its line.

Beside them stand the facts that other rooms ask of a scenario and its calendar: `clock` (the one place that knows
time zones), `grid`, `effective`, `event_spans`, `open_times`, `relations`. Nothing behind this room reads YAML or
knows local time except through `clock`.
"""
