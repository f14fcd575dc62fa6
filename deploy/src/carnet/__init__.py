"""The launcher and command line of the Carnet suite."""
