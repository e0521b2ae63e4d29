"""People over time, as SimPy processes: shifts, hiring, training, ramp, attrition, absence, outages, overtime.

A process decides something at a moment and tells the floor: who is on duty when, how fast, with which skills. Nothing
here knows about items. Agents are addressed by who they are (team and row, class and seat), so what happens to one
does not depend on who else is there.

A `Workforce` is all teams of a scenario with what happens to them; it is set up in one way, whether a floor with items
listens or one that only adds up duty. A `Team` is made of who is in it (`members`), when they work (`shifts`, or
`file_duty` where a file says so) and how long, paid and beyond time (`pay`).
"""
