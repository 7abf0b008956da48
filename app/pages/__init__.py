"""The pages of a console beside its wall: which there are and how they are reached."""
