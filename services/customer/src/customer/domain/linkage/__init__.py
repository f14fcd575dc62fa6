"""Probabilistic linkage: how much two source records speak for being one person."""
