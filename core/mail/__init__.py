"""E-mail: what the office writes waits here and goes out by itself; what people write to it comes in."""
