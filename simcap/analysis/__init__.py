"""From tallies to the figures people ask for: measures by window, SLA attainment, risks. Pure functions of counts."""
