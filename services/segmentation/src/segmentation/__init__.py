"""Who matters and how: live indicators per customer and the segments they make."""
