"""What commands leave for machines and for the next command: plain values, tables, a plan that can be run.

The same figures and the same sentences as on the terminal; nothing that is only here.
"""
