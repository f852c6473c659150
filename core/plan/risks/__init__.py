"""The map of corruption risks: what could happen, how grave it is, what is done against it, and who looks again."""
