"""Bookmarks: a moment marked with one key, found again, held as long as it is there."""
