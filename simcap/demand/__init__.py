"""Turns volumes into items: rates over local time, day-level busyness, arrival times, work content, follow-up work.

A queue's day is a Poisson field over (time, level), drawn in fixed bands of level; the points below the rate are the
items. Where the rate changes, the items that remain are therefore the same, with their content and follow-up work.
"""
