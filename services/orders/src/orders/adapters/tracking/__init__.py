"""Adapters of tracking: each source's answers, read into our own words; codes are data files."""
