"""Who is this person: source records, identifiers and the global customer id."""
