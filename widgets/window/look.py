"""The few rules of style that only windows, docks and overlays need, on top of the theme's own sheet."""

from __future__ import annotations

from string import Template

from widgets.theme import Tokens

_SHEET = Template("""
QPushButton[chip="true"] { border-radius: 0; min-height: 22px; padding: 0 8px; font-weight: 400; color: $quiet;
    background: transparent; }
QPushButton[chip="true"]:checked { background: $raised; color: $text; font-weight: 500; border-color: $line; }
QPushButton[chip="true"]:focus { border-color: $accent; }
QPushButton[tab="true"] { background: transparent; border: 1px solid transparent; min-height: 26px; padding: 0 9px;
    font-weight: 400; color: $quiet; }
QPushButton[tab="true"]:hover { color: $text; }
QPushButton[tab="true"]:checked { background: $raised; color: $text; font-weight: 500; }
QPushButton[tab="true"]:focus { border-color: $accent; }
QToolButton[bar="true"] { background: transparent; border: 1px solid transparent; min-width: 38px; max-width: 38px;
    min-height: 26px; padding: 0; }
QToolButton[bar="true"]:hover { background: $raised; }
QToolButton[bar="true"]:focus { border-color: $accent; }
QLineEdit QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QWidget[rule="true"] { background: $line; }
QLineEdit[plain="true"] { background: transparent; border: none; padding: 0; min-height: 40px; }
QWidget[edge="below"] { border-bottom: 1px solid $line; }
QWidget[edge="above"] { border-top: 1px solid $line; }
QWidget[edge="right"] { border-right: 1px solid $line; }
""")


def look(tokens: Tokens) -> str:
    """The rules in that theme's colours."""
    return _SHEET.substitute(line=tokens.line, raised=tokens.raised, text=tokens.text, quiet=tokens.quiet,
                             accent=tokens.accent)
