"""Keys as little caps: 24 px high, a 1 px line, 11 px text; for palette and help."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from app.commands.keys import bare
from app.runtime.language import gettext as _
from widgets.theme import Tokens, font
from widgets.theme.tokens import colour

CAP_PX = 24
_PAD_PX = 8
_LEAST_PX = 24
_GAP_PX = 8
_SIGNS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "-": "−"}


def parts(key: str) -> tuple[str, ...]:
    """"Ctrl+Shift+I" -> ("Ctrl", "Shift", "I"), as they stand on the caps."""
    name = bare(key)
    pad = "Num " if f"Num {name}" in key else ""
    held = [word for word in ("Ctrl", "Alt", "Shift") if key.startswith(f"{word}+") or f"+{word}+" in key]
    shown = _("Space") if name == "Space" else _SIGNS.get(name, name)
    return (*held, f"{pad}{shown}")


def written(key: str) -> str:
    """The key as words beside a command: "Ctrl+Shift+←", and "Spasi" for who reads Indonesian."""
    return "+".join(parts(key))


def width(key: str, plus: bool = False) -> int:
    """Pixels that the caps of one key take."""
    metrics = QFontMetrics(font(11))
    caps = parts(key)
    gap = _GAP_PX * 2 + metrics.horizontalAdvance("+") if plus else _GAP_PX
    return sum(_cap(metrics, cap) for cap in caps) + gap * (len(caps) - 1)


def paint(painter: QPainter, key: str, left: int, top: int, tokens: Tokens, faded: bool = False,
          plus: bool = False) -> int:
    """Draw the caps of one key with their upper edge at ``top``; returns the x after them."""
    painter.save()
    painter.setFont(font(11))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = QFontMetrics(painter.font())
    x = left
    for place, cap in enumerate(parts(key)):
        if place:
            if plus:
                painter.setPen(colour(tokens.faint))
                sign = metrics.horizontalAdvance("+")
                painter.drawText(QRect(x, top, _GAP_PX * 2 + sign, CAP_PX), Qt.AlignmentFlag.AlignCenter, "+")
                x += _GAP_PX * 2 + sign
            else:
                x += _GAP_PX
        wide = _cap(metrics, cap)
        painter.setPen(colour(tokens.line))
        painter.setBrush(Qt.BrushStyle.NoBrush if faded else colour(tokens.raised))
        painter.drawRoundedRect(QRectF(x + 0.5, top + 0.5, wide - 1, CAP_PX - 1), 4, 4)
        painter.setPen(colour(tokens.faint if faded else tokens.text))
        painter.drawText(QRect(x, top, wide, CAP_PX), Qt.AlignmentFlag.AlignCenter, cap)
        x += wide
    painter.restore()
    return x


def _cap(metrics: QFontMetrics, text: str) -> int:
    return max(metrics.horizontalAdvance(text) + 2 * _PAD_PX, _LEAST_PX)
