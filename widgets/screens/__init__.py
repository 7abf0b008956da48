"""Monitors: which there are, which window belongs on which, their numbers in large figures."""
