"""The oracle: a second, deliberately naive floor, and the worlds in which it is compared with the compiled one.

`naive_floor` is the model, `script` what can be ordered of a floor (of either), `worlds` draws small worlds at random,
`flaws` are naive floors with one mistake each, which the comparison has to find.
"""
