"""What the history says of each parameter, and how sure that is.

One module a parameter of the scenario: volumes, handle times, proficiency, ramp, attrition, shrinkage, patience,
accuracy, follow-up work, and what queues share. In go columns of the history; out comes a `Fit`: its subject (a
queue, a team or a vendor), its kind, typed estimates with intervals, and the points of its picture.

What may not be known here: files and the names of their columns, scenarios, the simulation. A fit says nothing where
the data say nothing; where they say little, its `prior` says what else it rests on. Dotted paths are made by
`fit.Subject` and `fit.Estimate` where the parameters file is written, and nowhere else.
"""
