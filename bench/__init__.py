"""Benchmarks: Carnet beside its peers and limits, measured in one run, never run as tests."""
