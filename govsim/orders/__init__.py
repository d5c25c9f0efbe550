"""Work orders as offices export them: reading, describing, and making them."""
