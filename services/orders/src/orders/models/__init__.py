"""Learnt things: what parcels that arrived say of those under way."""
