"""One replication: builds demand, floor and workforce from a scenario, runs them, hands back a tally."""
