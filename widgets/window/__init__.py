"""The console window and the wall windows, and what keeps them in step with the wall state."""
