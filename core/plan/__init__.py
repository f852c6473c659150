"""The plan: what the town hall promised for a year, how it is measured, and the risks that it watches."""
