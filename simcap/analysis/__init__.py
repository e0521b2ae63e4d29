"""From tallies to what people ask about: measures by window, SLA attainment, risks. Pure functions of counts."""
