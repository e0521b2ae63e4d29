"""Desks whose work follows their backlog: when items are picked up is modelled, not who is on duty.

Where people come when work has piled up and leave when it has not, duty that is inferred from who was working is staff
where there was need. Here the rate at which each waiting item is picked up is fitted instead, by hour, age, what waits
and the day (`fit`, whose days are `day_levels`, on the exposure that `steps` and `kernel` count), and items are
simulated from the true backlog with their true ages (`desk`, `kernel`).

What goes in are times of creation and of pick-up of one queue; what comes out are times of pick-up. Nothing is known
here of origins, SLAs or scores: that is the back-test's.
"""
