"""What a user may ask for: the schema of scenarios, their loading and checks.

A scenario file is plain YAML. It is read once, merged with the parents it extends, checked as a whole, and becomes
one frozen `Scenario`: nothing behind this room reads YAML or knows local time except through `clock`.
"""
