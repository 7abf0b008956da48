"""The parts of the import panel and where they stand, after the mock-up: 40 px of head, 392 px of counts and short
list at the left, the lines of the file at the right, buttons at the foot.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.registry.exchange.plan import Plan
from app.runtime.language import gettext as _
from widgets.common.plain import tip
from widgets.exchange.counts import Counts
from widgets.exchange.mapping import MappingRow
from widgets.exchange.words import column_line, made_line
from widgets.theme import Theme, Weight, font, icon, icon_pixmap

HEIGHT_PX = 320
_LEFT_PX = 392
_HEAD_PX = 40


class _Elided(QLabel):
    """A label that may be narrower than its words; the tool tip has them all."""

    def __init__(self, tone: str = "quiet") -> None:
        super().__init__()
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        self.setText(text)
        self.setToolTip(tip(text))


class PanelFrame(QWidget):
    """The widgets, named; what they do is the panel's."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign, self._title = QLabel(), QLabel()
        self._file, self._details, self._state = QLabel(), QLabel(), QLabel()
        self._key = QLabel("Esc")
        self.columns_button, self.close_button = QPushButton(), QToolButton()
        self.mapping = MappingRow()
        self.counts = Counts(theme)
        self.rows, self.lines = QListView(), QListView()
        for view in (self.rows, self.lines):
            view.setProperty("framed", True)
        self.write_button, self.report_button, self.undo_button = QPushButton(), QPushButton(), QPushButton()
        self.cancel_button = QPushButton()
        self.open_button, self.again_button = QPushButton(), QPushButton()
        self._bar = QProgressBar()
        self._heads, self._made = _Elided(), _Elided()
        self._build()
        self.setMinimumHeight(HEIGHT_PX)
        self._recolour()
        theme.changed.connect(self._recolour)

    def sizeHint(self) -> QSize:
        return QSize(1440, HEIGHT_PX)

    def retranslate_frame(self) -> None:
        """Texts of the parts that do not change with the list."""
        self.setAccessibleName(_("Import"))
        self._title.setText(_("Import"))
        self.columns_button.setText(_("Columns"))
        self.close_button.setAccessibleName(_("Close the import"))
        self.close_button.setToolTip(_("Close the import"))
        self.report_button.setText(_("Save report"))
        self.again_button.setText(_("Try again"))
        self.undo_button.setText(_("Undo this import"))
        self.cancel_button.setText(_("Stop"))
        self.rows.setAccessibleName(_("Lines of the list"))
        self.lines.setAccessibleName(_("The lines as they stand in the file"))
        self._bar.setAccessibleName(_("Progress"))
        self.counts.retranslate()
        self.mapping.retranslate()

    def show_head(self, file: str, details: str, state: str, tone: str) -> None:
        """The line at the top: which list, what it is, what was done with it."""
        self._file.setText(file)
        self._details.setText(details)
        self._state.setText(state)
        if self._state.property("tone") != tone:
            self._state.setProperty("tone", tone)
            self._state.style().polish(self._state)

    def show_columns(self, plan: Plan | None) -> None:
        """The heads above the lines, and what else is to be known."""
        self._heads.say(column_line(plan))
        self._heads.setVisible(bool(self._heads.text()))
        self._made.say(made_line(plan))
        self._made.setVisible(bool(self._made.text()))

    def show_progress(self, done: int, total: int) -> None:
        """Rows done of all; without a total the bar runs."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def show_mapping(self, shown: bool) -> None:
        """The row of drop-downs; the panel asks for the height that it takes."""
        self.mapping.setVisible(shown)
        self.setMinimumHeight(HEIGHT_PX + (self.mapping.sizeHint().height() if shown else 0))

    def show_busy(self, busy: bool) -> None:
        """The bar and its stop, or nothing."""
        self._bar.setVisible(busy)
        self.cancel_button.setVisible(busy)

    # --- inside ---

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 8, 0)
        head.setSpacing(8)
        self._title.setFont(font(14, Weight.STRONG))
        self._file.setFont(font(14))
        self._details.setProperty("tone", "quiet")
        self._key.setProperty("key", True)
        self._key.setFixedHeight(20)
        for label in (self._file, self._details, self._state):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.columns_button.setCheckable(True)
        self.columns_button.setProperty("flat", True)
        self.close_button.setProperty("flat", True)
        self._bar.setFixedSize(160, 8)
        self._bar.setTextVisible(False)
        first: tuple[QWidget, ...] = (self._sign, self._title, self._file, self._details, self.columns_button)
        last: tuple[QWidget, ...] = (self._bar, self._state, self._key, self.close_button)
        for part in first:
            head.addWidget(part)
        head.addStretch(1)
        for part in last:
            head.addWidget(part)
        top = QWidget()
        top.setLayout(head)
        top.setFixedHeight(_HEAD_PX)
        for view in (self.rows, self.lines):
            view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
            view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setMinimumHeight(64)
            view.setLayoutMode(QListView.LayoutMode.Batched)    # 6,000 rows at once hold the window for 20 ms
            view.setBatchSize(100)
        self.rows.setUniformItemSizes(True)
        self.lines.setResizeMode(QListView.ResizeMode.Adjust)
        self.mapping.setVisible(False)
        self.write_button.setProperty("first", True)
        left = QWidget()
        left.setFixedWidth(_LEFT_PX)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.counts)
        column.addWidget(self.rows, 1)
        column.addLayout(_foot(self.write_button, self.undo_button, self.cancel_button, self.report_button, weight=0))
        right = QWidget()
        right.setProperty("room", "ground")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 8, 0, 0)
        beside.setSpacing(4)
        self._heads.setContentsMargins(48, 0, 16, 0)
        self._made.setContentsMargins(48, 0, 16, 0)
        beside.addWidget(self._heads)
        beside.addWidget(self.lines, 1)
        beside.addWidget(self._made)
        beside.addLayout(_foot(None, self.open_button, self.again_button, weight=0))
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(left)
        body.addWidget(_rule(upright=True))
        body.addWidget(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for above in (_rule(), top, _rule(), self.mapping):
            whole.addWidget(above)
        whole.addLayout(body, 1)

    def _recolour(self, *_tokens: object) -> None:
        tokens = self._theme.tokens
        self._sign.setPixmap(icon_pixmap("upload-simple", 16, tokens.text, self.devicePixelRatioF()))
        self.close_button.setIcon(icon("x", tokens.quiet))
        self.open_button.setIcon(icon("file-text", tokens.text, tokens.faint))
        self.again_button.setIcon(icon("arrows-clockwise", tokens.text, tokens.faint))
        self.lines.setStyleSheet(f"QListView {{ background: {tokens.ground}; }}")
        self.update()


def _foot(*buttons: QWidget | None, weight: int) -> QHBoxLayout:
    """Buttons in a row of 32 px; None is the room between."""
    row = QHBoxLayout()
    row.setContentsMargins(16, 8, 16, 16)
    row.setSpacing(8)
    for place, button in enumerate(buttons):
        if button is None:
            row.addStretch(1)
        else:
            row.addWidget(button, 1 if place == weight else 0)
    return row


def _rule(*, upright: bool = False) -> QFrame:
    rule = QFrame()
    rule.setProperty("room", "rule")
    rule.setFrameShape(QFrame.Shape.VLine if upright else QFrame.Shape.HLine)
    if upright:
        rule.setFixedWidth(1)
        rule.setMaximumHeight(16_777_215)
    else:
        rule.setFixedHeight(1)
    return rule
