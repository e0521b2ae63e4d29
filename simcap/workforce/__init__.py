"""People over time, as SimPy processes: shifts, hiring, training, ramp, attrition, absence, outages, overtime.

Processes decide who is on duty when, how fast and with which skills, and give the floor its orders. Nothing here knows
about items. Agents are addressed by who they are (team and row, class and seat), so that what happens to one does not
depend on who else is there.

A `Workforce` is all teams of a scenario and everything that happens to them; it is the same whether its orders go to a
floor with items or to one that only adds up duty. A `Team` consists of who is in it (`members`), when they work
(`shifts`, or `file_duty` where a file says so), who else comes or stays away by the backlog (`responding`), and how
long they work, are paid and do overtime (`pay`).
"""
