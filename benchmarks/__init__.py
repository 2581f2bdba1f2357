"""Figures about speed and honesty: `tox run -e benchmark`. They are printed, never judged: a busy machine is not a fault."""
