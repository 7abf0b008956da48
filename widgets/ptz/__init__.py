"""Steering in the windows: keys, panel, what panes say about it."""
