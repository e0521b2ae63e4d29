"""Results as people read them: the terminal, charts. Figures come in, nothing is simulated here."""
