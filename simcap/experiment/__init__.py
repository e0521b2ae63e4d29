"""Runs scenarios in replications: seeds, processes, results on disk, resuming interrupted commands."""
