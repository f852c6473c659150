"""The registers of the plan: what was done, typed by kind, with what shows it, and for which activities it counts."""
