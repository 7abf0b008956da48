"""What forms beside a list have in common: a head that stays, fields that scroll, a foot that stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

FORM_PX = 480                   # mock-ups, "registry"


def frame(form: QWidget, title: QLabel, close: QPushButton) -> tuple[QVBoxLayout, QVBoxLayout, QHBoxLayout]:
    """Lay out ``form``; gives what is still to be filled: the fields, what stands below them, the foot."""
    form.setFixedWidth(FORM_PX)
    form.setProperty("room", "panel")
    form.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    title.setProperty("tone", "strong")
    title.setStyleSheet("font-size: 14px")
    close.setProperty("flat", True)
    close.setFixedSize(32, 28)
    head = QHBoxLayout()
    head.setContentsMargins(16, 8, 8, 8)
    head.addWidget(title, 1)
    head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
    inside = QWidget()
    inside.setProperty("room", "panel")
    inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    fields = QVBoxLayout(inside)
    fields.setContentsMargins(0, 8, 0, 16)
    fields.setSpacing(0)
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    below, foot = QVBoxLayout(), QHBoxLayout()
    foot.setContentsMargins(16, 12, 16, 12)
    foot.setSpacing(8)
    whole = QVBoxLayout()
    whole.setSpacing(0)
    whole.addLayout(head)
    whole.addWidget(line())
    whole.addWidget(area, 1)
    whole.addWidget(line())
    whole.addLayout(below)
    whole.addLayout(foot)
    sides = QHBoxLayout(form)
    sides.setContentsMargins(0, 0, 0, 0)
    sides.setSpacing(0)
    sides.addWidget(line(upright=True))
    sides.addLayout(whole, 1)
    return fields, below, foot


def line(upright: bool = False) -> QWidget:
    """A thin line between two parts of a form."""
    rule = QWidget()
    rule.setProperty("rule", True)
    rule.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    if upright:
        rule.setFixedWidth(1)
    else:
        rule.setFixedHeight(1)
    return rule
