"""The oracle: a second, deliberately naive floor, and the worlds in which it is compared with the compiled one.

`naive_floor` is the model, made of `naive_parts`, and `naive_counts` what it counts; `script` is what can be ordered of
either floor, `comparison` plays it to both, `worlds` draws small worlds at random, and `flaws` and `count_flaws` are
naive floors with one mistake each, which the comparison has to find.
"""
