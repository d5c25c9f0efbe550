"""Why two scenarios differ, and on which inputs that depends."""
