"""How far the model can be believed: days are held out, predicted, and compared with what happened.

At each origin a `desk` is fitted to what came before it: parameters, who was on duty (`inferred_duty`), how much of
that time they work (`availability`), in which order items are taken (`order`, `preference`). `desk_files` hands it to
the experiment as a scenario with its data in memory, `predict` runs the days after the origin, `scores` compares
them with what happened and with rules that need no model.

The mode `scenario` tests a scenario instead of a desk: `overlay` lays it over the origin, after `misfits` has compared
its names with the logs'. `past` is the history as it stood then, `people` fills the teams, `rotas` says who works on
which days, `ordered` which classes are on their way.

Where staffing answers to the backlog, `pickup_desk` learns in place of all that when items are picked up,
`pickup_items` says which items come, and `pickup_prediction` predicts; `models` says which of the two it is, and
`pickup_settings` chooses its settings and widens its bands by hindcasts.

What a prediction lacks is found by telling it: `told` names the parts of later days, `days_seen` measures how fast work
went on them, `informed` predicts with some of them known, and `missing` says how much less is missed then.

But for that, nothing after the origin is read before the prediction is made. The simulation runs through `experiment`,
as in every other command: a back-test tests what users run.
"""
