"""The wall without a screen: what every window shows, how it changes, what can be undone."""

from app.wall.moves import moves, pane_key
from app.wall.wall import Wall

__all__ = ["Wall", "moves", "pane_key"]
