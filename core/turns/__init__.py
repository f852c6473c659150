"""Turns: who came, for what, who is next, and what became of each."""
