"""Protocols: how the office attends in each channel and each kind of person, and who has read it."""
