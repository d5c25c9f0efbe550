"""The service in numbers: its places, who is on duty when, its rules, its outcome."""
