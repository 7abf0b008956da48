"""Clips that a court can open: copied from recordings, hashed, signed, and checked again without this program."""
