"""Linking a whole base at once, on DuckDB in process, with the comparators of the online path."""
