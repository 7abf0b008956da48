"""Scenes: what windows show, kept by name and number and called back exactly."""
