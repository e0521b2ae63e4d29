"""History in, fitted parameters out: what a scenario needs to know of last quarter, and how sure it is."""
