"""Bringing messages to a mail server."""
