"""Templates and the style sheet of pages."""
