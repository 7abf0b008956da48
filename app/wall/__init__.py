"""The wall without a screen: what every window shows, how it changes, what can be undone."""

from app.wall.context import context_of
from app.wall.handlers import WallHandlers
from app.wall.moves import moves, pane_key
from app.wall.wall import Wall

__all__ = ["Wall", "WallHandlers", "context_of", "moves", "pane_key"]
