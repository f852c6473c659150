"""What became of turns, counted: how long people waited, walked and were attended, and what was out of the ordinary."""
