"""Officials: who they are, what they may do, and the sessions in which they do it."""
