"""The commands of the customer service."""
