"""Why demands are late: where their time goes, what any staffing could reach, what helps most."""
