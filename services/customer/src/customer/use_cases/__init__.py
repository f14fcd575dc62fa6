"""What can be asked of this service: a module per verb."""
