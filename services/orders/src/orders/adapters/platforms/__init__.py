"""Shop platforms' orders, read into the form in which every source tells one."""
