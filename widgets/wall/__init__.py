"""The wall of a window: WallView and what others hand to it."""

from widgets.wall.asks import Directory, Runs
from widgets.wall.dropping import CAMERA_MIME, PANE_MIME, SCENE_MIME
from widgets.wall.measures import Strips, Style
from widgets.wall.menu import RULE, MenuRow
from widgets.wall.strip import Badges
from widgets.wall.summary import Counts, count
from widgets.wall.view import WallView

__all__ = ["CAMERA_MIME", "PANE_MIME", "RULE", "SCENE_MIME", "Badges", "Counts", "Directory", "MenuRow", "Runs",
           "Strips", "Style", "WallView", "count"]
