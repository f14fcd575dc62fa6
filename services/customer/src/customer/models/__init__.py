"""Statistical models of the service: how they are fitted."""
