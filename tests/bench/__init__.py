"""How fast the queue is: one run measures it beside a floor and prints each figure beside its goal."""
