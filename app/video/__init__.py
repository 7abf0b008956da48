"""Camera -> packets -> pictures."""
