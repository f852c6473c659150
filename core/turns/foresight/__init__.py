"""Supervisors foresee: who will come, how many windows that needs, and what another order would have done."""
