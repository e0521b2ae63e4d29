"""From YAML to a `Scenario`, or to a list of everything that is wrong with it.

`source` reads YAML and remembers where each value stands; `inherit` merges parents; `parameters` lays fitted values
below what is written; `loading` validates, and `checks` checks the parts against each other. `messages` says in
plain words what is wrong and what would be right, `examples` adds a line to copy. `varying`, `patches` and
`derived` make other scenarios from one. `jsonschema` and `reference` tell editors and readers what the schema says.

Only this wing knows lines and columns. It simulates nothing and draws nothing at random.
"""
