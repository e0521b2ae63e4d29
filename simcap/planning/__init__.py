"""Questions before a contract is signed: shocks, staffing, drivers. Each is asked of scenarios derived from one."""
