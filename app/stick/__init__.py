"""Joysticks and gamepads: what the kernel tells of them, read on a thread of its own, shaped into a velocity."""
