"""The commands of the orders service."""
