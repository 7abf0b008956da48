"""The camera list beside the wall: tree, search field, filter chips."""
