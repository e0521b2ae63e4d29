"""Volumes become items: rates over local time, day-level busyness, arrival times, work content, follow-up work.

A queue's day is a Poisson field over (time, level) drawn in fixed bands of level; the points below the rate are the
items. Whatever changes the rate therefore keeps the items that remain, with their content and all that follows them.
"""
