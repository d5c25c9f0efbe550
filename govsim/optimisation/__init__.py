"""Which rosters keep a promise at the least cost: the box of plans, the race, the check."""
