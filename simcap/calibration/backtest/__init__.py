"""How far the model can be believed: days are held out, predicted, and held against what came.

At each origin a `desk` is fitted on what came before it: parameters, who was on duty (`inferred_duty`), how much of
that time they work (`availability`), in which order items are taken (`order`, `preference`). `desk_files` hands it to
the experiment as a scenario with its data in memory, `predict` runs the days after the origin, `scores` compares
them with what came and with two rules that need no model.

Nothing after the origin is read before the prediction stands. The simulation is asked through `experiment`, as every
other command asks it: a back-test tests what users run.
"""
