"""Events of cameras on the wall: the mark on the pane, the line, the list, and who is listened to."""
