"""What may stand in a scenario: one pydantic model a noun, frozen once it is read.

`scenario` is the whole; `queues`, `vendors`, `contract`, `hiring`, `events` and `calendars` are its parts;
`quantities` are the kinds of value they are written in (durations, shares, clock times, distributions); `zones`,
`cities`, `country_codes` and `profiles` know names. A field's docstring is its reference: the JSON Schema and the
page of all keys are made from it.

A model checks what it can know by itself. What one part says of another is checked in `reading`; files are not opened.
"""
