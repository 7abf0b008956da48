"""Kiosk mode: the wall shows, and nobody changes it without the key or the password."""
