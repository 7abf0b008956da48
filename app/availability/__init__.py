"""Availability: what the wall sees of each camera becomes spans, and spans become uptime. No Qt, no SQL."""
