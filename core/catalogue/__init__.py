"""What the town hall offers, where, when and to whom first."""
