"""Foreign files, read into our own words."""
