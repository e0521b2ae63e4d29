"""Questions before a contract is signed: shocks, staffing, drivers. All of them are scenarios made of a scenario."""
