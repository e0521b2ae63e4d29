"""One replication: builds demand, floor and workforce from a scenario, runs them, and returns a tally."""
