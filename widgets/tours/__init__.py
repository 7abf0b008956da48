"""Tours on the windows: running them, choosing them, editing them, and the report of who was watched."""
