"""Who is who, as every service that stores global ids keeps it: where they lead, who was erased."""
