"""The overlay that shows the keys in force."""
