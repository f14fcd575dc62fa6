"""SQL out: the tables, and a module for each aggregate that turns rows into domain values."""
