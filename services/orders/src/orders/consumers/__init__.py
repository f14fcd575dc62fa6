"""Kafka in: a module for each topic, with its own small view of each event."""
