"""What a scenario is: its schema, how it is read and checked, its territory and calendar."""
