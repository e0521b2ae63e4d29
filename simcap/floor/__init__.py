"""Where items meet people: the compiled kernel, its waiting lines, routing and duty.

The rest of the program talks to `floor.Floor`, which is described to it by a `plan.FloorPlan`. The floor is lazy: it is
worked up to the present only when somebody touches it.
"""
