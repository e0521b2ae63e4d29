"""Where items meet people: the compiled kernel, its waiting lines, routing and duty.

The rest of the program talks to `floor.Floor`, which is set up from a `plan.FloorPlan`. The floor is lazy: it catches
up with the present only when it is used.
"""
