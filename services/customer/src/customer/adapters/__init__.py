"""Foreign files and vocabularies, read into our own."""
