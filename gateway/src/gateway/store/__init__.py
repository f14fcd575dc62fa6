"""The gateway's SQL."""
