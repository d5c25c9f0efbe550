"""What is measured of a replication, and what each measure is called."""
