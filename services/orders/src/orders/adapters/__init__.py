"""Foreign payloads and vocabularies, read into our own."""
