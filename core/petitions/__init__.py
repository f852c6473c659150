"""PQRSD: what citizens ask, complain of, claim, suggest and denounce, from its number to a delivered answer."""
