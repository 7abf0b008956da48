"""The settings page, the keys in force as fields, and what makes a changed setting act at once."""
