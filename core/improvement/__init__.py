"""Improvement: what is done with what people say, by whom, until when, and whether it helped."""
