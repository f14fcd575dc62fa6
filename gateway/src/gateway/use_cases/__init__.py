"""What the gateway does itself, a module per verb."""
