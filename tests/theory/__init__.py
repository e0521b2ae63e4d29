"""Closed forms of queues and of people over time, each with its source: what a simulation must agree with.

Nothing here simulates. Steady states of the classical queues (`erlang`, `impatience`, `single_server`, `priority`), a
day that starts empty (`transient`), work that never waits (`infinite_server`), what large systems tend to (`limits`),
and the arithmetic of counts, attrition and learning (`counts`, `attrition`, `learning`). They are used to test the
engine, and for nothing else.

Rates and durations may be in any unit of time as long as all of one call share it: items an hour go with hours,
items a second with seconds. Results come back in the same unit; shares are fractions of one.
"""
