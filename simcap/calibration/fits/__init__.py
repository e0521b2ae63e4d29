"""What the history shows about each parameter, and how certain that is.

One module per parameter of the scenario: volumes, handle times, proficiency, ramp, attrition, shrinkage, patience,
accuracy, follow-up work, and what queues share. In: columns of the history; out: a `Fit`: its subject (a
queue, a team or a vendor), its kind, typed estimates with intervals, and the points of its picture.

Not known here: files and the names of their columns, scenarios, the simulation. Where the data say nothing there is no
fit; where they say little, its `prior` says what else it rests on. Dotted paths are made by `fit.Subject` and
`fit.Estimate` where the parameters file is written, and nowhere else.
"""
