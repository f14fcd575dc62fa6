"""A module for each verb: load, decide, store, announce, in one transaction."""
