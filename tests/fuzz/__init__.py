"""Inputs that nobody meant: mutated scenarios, parameters, shocks, calibration files and data of every format.

`targets` says what is mutated and which command reads it, `mutation` how trees and cells are changed, `judge` what no
input may do. `__main__` runs them for as long as asked, led by coverage; a small part runs with every test.
"""
