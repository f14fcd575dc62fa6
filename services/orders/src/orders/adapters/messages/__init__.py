"""Writing messages to customers from templates."""
