"""What the town hall keeps in sight of everybody: the six contents of the plan, told from one source to every face."""
