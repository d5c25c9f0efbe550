"""What a service does with other rosters, asked a thousand times: opened once, nothing written."""
