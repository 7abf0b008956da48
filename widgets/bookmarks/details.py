"""What is known of one bookmark, below the list: times in UTC, what is held, all cameras, and who changed what.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.model.bookmark import Bookmark, Severity
from app.model.edit import Change
from app.runtime.language import gettext as _
from app.runtime.zone import Zone, local
from widgets.bookmarks.times import moment_text, time_text
from widgets.bookmarks.words import category_text, severity_text

HEIGHT_PX = 132


class Details(QWidget):
    """Two columns: what it is, and its history."""

    def __init__(self) -> None:
        super().__init__()
        self.facts, self.history = QLabel(), QLabel()
        self.setFixedHeight(HEIGHT_PX)
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(32)
        for label in (self.facts, self.history):
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("tone", "quiet")
            inside = QWidget()
            column = QVBoxLayout(inside)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(label)
            column.addStretch(1)
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setFrameShape(QScrollArea.Shape.NoFrame)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setWidget(inside)
            row.addWidget(area, 1)

    def show_bookmark(self, one: Bookmark | None, zone: Zone, offset_us: int | None) -> None:
        """``offset_us``: the first camera's clock minus the station's, None while it was not measured."""
        if one is None:
            self.facts.setText("")
            self.history.setText("")
            return
        utc = f"{datetime.fromtimestamp(one.at / 1e6, UTC):%Y-%m-%d %H:%M:%S} UTC"
        clock = _("The camera's clock was not measured.") if offset_us is None else _(
            "The camera's clock went {seconds} s against this station.").format(seconds=f"{offset_us / 1e6:+.1f}")
        lines = [f"{moment_text(one.at, zone)} · {utc}. {clock}",
                 _("Held: {begin} to {end}").format(begin=time_text(one.t0, zone), end=time_text(one.t1, zone)),
                 ", ".join(f"{camera.label} {camera.name}" for camera in one.cameras)]
        if one.words:
            lines.insert(0, one.words)
        self.facts.setText("\n".join(lines))

    def show_history(self, changes: Sequence[Change], zone: Zone) -> None:
        """The newest first."""
        self.history.setText("\n".join(_line(change, zone) for change in changes))


def _line(change: Change, zone: Zone) -> str:
    at = local(datetime.fromisoformat(change.at), zone)
    when = f"{at:%Y-%m-%d %H:%M:%S} {zone.value} · {change.station}"
    if not change.field:
        return f"{when}: {_('deleted') if change.action == 'removed' else _('marked')}"
    before, after = (_said(change.field, value) for value in (change.before, change.after))
    return f"{when}: {_field(change.field)}: {before} → {after}"


def _field(name: str) -> str:
    return {"category": _("Category"), "words": _("Words"), "agency": _("Agency"), "severity": _("Severity")}[name]


def _said(name: str, value: Any) -> str:
    if name == "severity":
        return severity_text(Severity(int(value or 0)))
    text = str(value or "")
    return (category_text(text) if name == "category" else text) or "–"
