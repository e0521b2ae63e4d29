"""What commands leave for machines and for the next command: plain values, tables, a plan that can be run.

The same figures and sentences as on the terminal, and nothing else.
"""
