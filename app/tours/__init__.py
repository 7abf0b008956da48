"""Tours: page after page on a window, and the proof of which camera stood on a lit pane for how long."""
