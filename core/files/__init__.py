"""The files that people bring: checked by what is in them, kept once and unchanged, given back only if still so."""
