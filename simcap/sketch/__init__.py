"""Sketches of replications: the same people and days, with items as a fluid."""
