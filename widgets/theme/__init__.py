"""How Lawang looks: colours, type, icons and the style sheet made from them."""

from widgets.theme.fonts import Weight, font, line_height, load_fonts
from widgets.theme.icons import icon, icon_pixmap
from widgets.theme.theme import Theme
from widgets.theme.tokens import DARK, LIGHT, Tokens

__all__ = ["DARK", "LIGHT", "Theme", "Tokens", "Weight", "font", "icon", "icon_pixmap", "line_height", "load_fonts"]
