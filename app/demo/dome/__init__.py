"""Domes of the demo city: cameras whose picture turns, tilts and zooms over a panorama, rendered and encoded live."""
