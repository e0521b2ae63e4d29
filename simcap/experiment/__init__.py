"""Scenarios times replications: seeds, processes, results on disk, resuming what was interrupted."""
