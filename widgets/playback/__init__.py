"""The past in a pane: replay, and what is recorded now."""
