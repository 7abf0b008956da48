"""Steering: from held keys to the camera's motion, and a stop that cannot fail."""
