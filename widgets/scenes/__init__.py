"""Scenes on the screen: the list and the form under the title bar, the wall in small."""
