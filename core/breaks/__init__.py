"""The breaks that are planned for windows: set by a supervisor, expected by the estimates, told at the window."""
