"""The parts of the search panel and where they stand: 40 px of head, 392 px of where to look at the left, what was
found at the right, the login of the ticked ones and the button at the foot. Measures as of the import panel.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.runtime.language import gettext as _
from widgets.discovery.rows import Column, FoundTable
from widgets.discovery.trust import TrustRow
from widgets.register.cell_delegate import paint_mark
from widgets.theme import Theme, Weight, font, icon, icon_pixmap

HEIGHT_PX = 320
_LEFT_PX = 392
_HEAD_PX = 40
_ROW_PX = 32
_BOX_ROW_PX = 26
_INTERFACES_PX = 72         # two and a half rows: that there are more is seen
_WIDTHS = {Column.TICK: 44, Column.MODEL: 224, Column.NAME: 208, Column.ADDRESS: 168}


class FoundView(QTableView):
    """Space ticks, Ctrl+A ticks all that are new, Enter goes on to the login."""

    onward = Signal()

    def __init__(self, table: FoundTable, theme: Theme) -> None:
        super().__init__()
        self.setModel(table)
        self._table = table
        self.setItemDelegate(_Rows(table, theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        head.setFixedHeight(_ROW_PX)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        self.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Space:
            self._table.tick(sorted({index.row() for index in self.selectedIndexes()}))
        elif key == Qt.Key.Key_A and control:
            everything = range(self._table.rowCount())
            self._table.tick(everything, on=any(row.free and not row.ticked for row in self._table.rows))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            self.onward.emit()
        else:
            super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.TICK:
            self._table.tick([index.row()])


class _Rows(QStyledItemDelegate):
    """The sheet's rows with a box in the first column, as in the list of cameras."""

    def __init__(self, table: FoundTable, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._table, self._theme = table, theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        super().paint(painter, option, index)
        row = self._table.rows[index.row()]
        if index.column() == Column.TICK and (row.known is None or row.free):
            painter.save()
            paint_mark(painter, option.rect, row.ticked, self._theme.tokens)
            painter.restore()


class _Boxes(QStyledItemDelegate):
    """Interfaces with boxes as in the list of cameras: those of the style are not seen on dark ground."""

    def __init__(self, theme: Theme, parent: QListWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        # The style leaves the room of its box, which is painted over below.
        option.checkState = Qt.CheckState.Unchecked

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _BOX_ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        super().paint(painter, option, index)
        on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        painter.save()
        # paint_mark stands 17 px from the left in rows of 32 px.
        paint_mark(painter, option.rect.translated(-12, (_BOX_ROW_PX - _ROW_PX) // 2), on, self._theme.tokens)
        painter.restore()


class DiscoveryFrame(QWidget):
    """The widgets, named; what they do is the panel's."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("room", "panel")
        self.setProperty("typing", True)            # keys in here are this panel's, not those of the list above
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign, self._title, self._state, self._key = QLabel(), QLabel(), QLabel(), QLabel("Esc")
        self.close_button = QToolButton()
        self.interfaces = QListWidget()
        self.interfaces.setProperty("framed", True)
        self.ranges, self.ports, self.asked = QLineEdit(), QLineEdit(), QLabel()
        self.search_button, self.add_button = QPushButton(), QPushButton()
        self.table = FoundTable(theme, self)
        self.found = FoundView(self.table, theme)
        self.nothing = QLabel()
        self.trust = TrustRow()
        self.user, self.password, self.area, self.number = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self._interfaces_title, self._ranges_title = QLabel(), QLabel()
        self._build()
        self.setMinimumHeight(HEIGHT_PX)
        self._recolour()
        theme.changed.connect(self._recolour)

    def say(self, text: str, tone: str = "quiet") -> None:
        """The line in the head."""
        self._state.setText(text)
        if self._state.property("tone") != tone:
            self._state.setProperty("tone", tone)
            self._state.style().polish(self._state)

    @property
    def said(self) -> str:
        return self._state.text()

    def retranslate_frame(self) -> None:
        self.setAccessibleName(_("Find in the network"))
        self._title.setText(_("Find in the network"))
        self.close_button.setAccessibleName(_("Close the search"))
        self.close_button.setToolTip(_("Close the search"))
        self._interfaces_title.setText(_("Ask on these interfaces"))
        self.interfaces.setAccessibleName(_("Ask on these interfaces"))
        self._ranges_title.setText(_("and these addresses one by one, at most 50 a second"))
        for field, text in ((self.ranges, _("Ranges, such as 10.12.1.0/24, 10.12.2.10-60")), (self.ports, _("Ports")),
                            (self.user, _("User")), (self.password, _("Password")),
                            (self.area, _("Area, such as Makassar > Tallo")), (self.number, _("First number"))):
            field.setPlaceholderText(text)
            field.setAccessibleName(text)
            field.setToolTip(text)
        self.found.setAccessibleName(_("Devices found"))
        self.table.retranslate()
        self.trust.retranslate()

    # --- inside ---

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 8, 0)
        head.setSpacing(8)
        self._title.setFont(font(14, Weight.STRONG))
        self._key.setProperty("key", True)
        self._key.setFixedHeight(20)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self.close_button.setProperty("flat", True)
        head.addWidget(self._sign)
        head.addWidget(self._title)
        head.addStretch(1)
        for part in (self._state, self._key, self.close_button):
            head.addWidget(part)
        top = QWidget()
        top.setLayout(head)
        top.setFixedHeight(_HEAD_PX)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._where())
        body.addWidget(_rule(upright=True))
        body.addWidget(self._what(), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for above in (_rule(), top, _rule()):
            whole.addWidget(above)
        whole.addLayout(body, 1)

    def _where(self) -> QWidget:
        left = QWidget()
        left.setFixedWidth(_LEFT_PX)
        column = QVBoxLayout(left)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(6)
        for title in (self._interfaces_title, self._ranges_title):
            title.setProperty("tone", "quiet")
        self.interfaces.setFixedHeight(_INTERFACES_PX)
        self.interfaces.setItemDelegate(_Boxes(self._theme, self.interfaces))
        self.asked.setProperty("tone", "quiet")
        self.asked.setWordWrap(True)
        self.asked.setTextFormat(Qt.TextFormat.PlainText)
        self.asked.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.asked.setMinimumHeight(16)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        self.ports.setFixedWidth(104)
        fields.addWidget(self.ranges, 1)
        fields.addWidget(self.ports)
        go = QHBoxLayout()
        go.addWidget(self.search_button)
        go.addStretch(1)
        for part in (self._interfaces_title, self.interfaces, self._ranges_title):
            column.addWidget(part)
        column.addLayout(fields)
        column.addWidget(self.asked, 1)
        column.addLayout(go)
        return left

    def _what(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.nothing.setProperty("tone", "quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.found, 1)
        column.addWidget(_rule())
        column.addWidget(self.trust)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 16)
        row.setSpacing(8)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.number.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,6}"), self))
        for field, width in ((self.user, 120), (self.password, 120), (self.area, 232), (self.number, 96)):
            field.setMinimumWidth(72)
            field.setMaximumWidth(width)
            row.addWidget(field, width)
        row.addStretch(1)
        self.add_button.setProperty("first", True)
        row.addWidget(self.add_button)
        column.addLayout(row)
        return right

    def _recolour(self, *_tokens: object) -> None:
        tokens = self._theme.tokens
        self._sign.setPixmap(icon_pixmap("broadcast", 16, tokens.text, self.devicePixelRatioF()))
        self.close_button.setIcon(icon("x", tokens.quiet))
        self.add_button.setIcon(icon("plus", tokens.first_words, tokens.faint))
        self.found.viewport().update()


def _rule(*, upright: bool = False) -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.VLine if upright else QFrame.Shape.HLine)
    if upright:
        rule.setFixedWidth(1)
        rule.setStyleSheet("QFrame { max-height: 16777215px; }")        # the theme's sheet keeps frames 1 px high
    else:
        rule.setFixedHeight(1)
    return rule
