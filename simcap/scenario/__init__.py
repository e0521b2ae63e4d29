"""What a user may ask for, from the file to one frozen `Scenario`.

- `schema` says what may be written: every key, its kind, unit and default.
- `data` reads the files that a scenario names: volumes, traces, rosters, duty, profiles, holidays.
- `reading` takes YAML to a `Scenario`: parents merged, values checked alone and against each other, all
  problems reported at once with their lines.

The other modules answer questions about a scenario and its calendar: `clock` (the one place that knows
time zones), `grid`, `effective`, `event_spans`, `open_times`, `relations`. No room above this one reads
YAML, or knows local time except through `clock`.
"""
