"""Contracts as files: what the code declares, written where consumers and reviewers read it."""
