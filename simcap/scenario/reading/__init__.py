"""From YAML to a `Scenario`, or to a list of everything that is wrong with it.

`source` reads YAML and remembers where each value stands; `inherit` merges parents; `parameters` lays fitted values
below what is written; `loading` validates, and `checks` holds the parts against each other. `messages` says what is
wrong in plain words with what would be right, `examples` with a line that can be copied. `varying`, `patches` and
`derived` make other scenarios of one. `jsonschema` and `reference` tell editors and readers what the schema says.

The one wing that knows lines and columns. It simulates nothing and draws nothing at random.
"""
