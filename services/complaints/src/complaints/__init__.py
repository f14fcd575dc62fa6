"""What went wrong: complaints, the teams that answer them, and the rules between."""
