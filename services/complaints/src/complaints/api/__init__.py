"""HTTP in: a module for each resource, and the bodies they read and write."""
