"""What a scenario may contain: one pydantic model per noun, frozen once it is read.

`scenario` is the whole; `queues`, `vendors`, `contract`, `hiring`, `events` and `calendars` are its parts;
`quantities` are the kinds of value they are written in (durations, shares, clock times, distributions); `zones`,
`cities`, `country_codes` and `profiles` hold the known names. A field's docstring is its reference: the JSON Schema
and the page of all keys are made from it.

A model checks itself alone; how the parts fit together is checked in `reading`. No file is opened here.
"""
