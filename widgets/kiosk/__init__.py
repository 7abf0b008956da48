"""Kiosk mode on the screen: the plate that says so, the field for the password, the setting of it."""
