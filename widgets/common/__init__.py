"""What several panels need from Qt: the hop to the GUI thread and the tick of the screen."""

from widgets.common.hop import Hop, hop_to_gui
from widgets.common.picture_clock import PictureClock, PictureView

__all__ = ["Hop", "PictureClock", "PictureView", "hop_to_gui"]
