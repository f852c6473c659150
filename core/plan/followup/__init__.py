"""Follow-up of the plan: what is reported at each cut-off, who verifies it, and what is published and never changes."""
