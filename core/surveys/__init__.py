"""Surveys: what is asked, who may answer once, and what the answers say."""
