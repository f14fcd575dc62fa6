"""The gateway's rules: keys, scopes, limits, and which part answers which path."""
