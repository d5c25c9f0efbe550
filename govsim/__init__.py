"""govsim: what a staffing plan will do to a community service."""
