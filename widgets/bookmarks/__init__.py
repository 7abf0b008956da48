"""Bookmarks in the windows: one key, a popover for words, a page with the list."""
