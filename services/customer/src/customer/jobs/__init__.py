"""What runs by hand."""
