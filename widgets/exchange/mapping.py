"""What the operator can say of a list: which column is which field, from which number on, which stream pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.registry.exchange.cells import HIGHEST_NUMBER
from app.registry.exchange.columns import FIELDS, PASS_OVER, head_place, plain, title_of
from app.registry.exchange.known import Options
from app.registry.exchange.plan import Plan
from app.runtime.language import gettext as _

MOST_BOXES = 40             # drop-downs; lists have fifteen columns, a box costs a quarter of a millisecond
SETTLE_MS = 400             # a pattern being typed is looked at when the hands rest


class MappingRow(QWidget):
    """``said`` carries new Options after each change."""

    said = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._heads: tuple[str, ...] = ()
        self._boxes: list[QComboBox] = []
        self._labels: list[QLabel] = []
        self._fields = QStandardItemModel(self)
        self._filling = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._say)
        self._inside = QWidget()
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(16, 0, 16, 0)
        self._row.setSpacing(8)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFixedHeight(64)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self.number = QSpinBox()
        self.number.setRange(0, HIGHEST_NUMBER)
        self.number.setFixedWidth(72)
        self.pattern, self.small = QLineEdit(), QLineEdit()
        self.overwrite = QPushButton()
        self.overwrite.setCheckable(True)
        self._number_label, self._pattern_label, self._small_label = QLabel(), QLabel(), QLabel()
        self._build()
        self.number.valueChanged.connect(lambda _value: self._touched())
        self.pattern.textEdited.connect(lambda _text: self._touched())
        self.small.textEdited.connect(lambda _text: self._touched())
        self.overwrite.toggled.connect(lambda _on: self._touched())
        self.retranslate()

    def show_plan(self, plan: Plan) -> None:
        """The columns of this list and what was said of them."""
        self._plan = plan
        self._filling = True
        heads: tuple[str, ...] = ()
        if plan.table is not None and not plan.table.fields and not plan.table.head_first:
            place = head_place(plan.table.rows, plan.options.mapping)
            heads = tuple(cell for cell in plan.table.rows[place].cells[:MOST_BOXES] if cell)
        if not self.isVisible():
            heads = ()          # drop-downs are made when they are looked at: fifteen of them hold the wall up
        if heads != self._heads:
            self._heads = heads
            self._make_boxes()
        held = {place: field for field, place in plan.columns.places.items()} if plan.columns else {}
        cells = plan.columns.head.cells if plan.columns and plan.columns.head else ()
        field_at = {plain(cells[place]): field for place, field in held.items() if place < len(cells)}
        for head, box in zip(self._heads, self._boxes, strict=True):
            box.setCurrentIndex(max(box.findData(field_at.get(plain(head), PASS_OVER)), 0))
        if not self.number.hasFocus():
            self.number.setValue(plan.options.number_from)
        for field, text in ((self.pattern, plan.options.url_template), (self.small, plan.options.sub_template)):
            if not field.hasFocus():
                field.setText(text)
        self.overwrite.setChecked(plan.options.overwrite)
        self._scroll.setVisible(bool(self._heads))
        self._filling = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plan is not None:
            self.show_plan(self._plan)

    def retranslate(self) -> None:
        """Texts in the language in force."""
        self._fields.clear()
        for field, title in [(PASS_OVER, "–"), *((field, title_of(field)) for field in FIELDS)]:
            item = QStandardItem(title)
            item.setData(field, Qt.ItemDataRole.UserRole)
            self._fields.appendRow(item)
        self._number_label.setText(_("Numbers from"))
        self.number.setSpecialValueText("–")
        self.number.setAccessibleName(_("Cameras without a number get free ones from"))
        self._pattern_label.setText(_("Stream pattern"))
        self.pattern.setPlaceholderText("rtsp://{address}:554/…")
        self.pattern.setAccessibleName(_("Stream pattern"))
        self._small_label.setText(_("Small stream"))
        self.small.setPlaceholderText("rtsp://{address}:554/…")
        self.small.setAccessibleName(_("Pattern of the small stream"))
        self.overwrite.setText(_("Overwrite numbers of other cameras"))
        if self._plan is not None:
            self.show_plan(self._plan)

    def options(self) -> Options:
        """What is said now."""
        before = self._plan.options if self._plan else Options()
        return replace(before, mapping=self._mapping(before.mapping), number_from=self.number.value(),
                       url_template=self.pattern.text().strip(), sub_template=self.small.text().strip(),
                       overwrite=self.overwrite.isChecked(), good_lines=False)

    # --- inside ---

    def _build(self) -> None:
        more = QHBoxLayout()
        more.setContentsMargins(16, 0, 16, 0)
        more.setSpacing(8)
        for label, field in ((self._number_label, self.number), (self._pattern_label, self.pattern),
                             (self._small_label, self.small)):
            label.setProperty("tone", "quiet")
            label.setBuddy(field)
            more.addWidget(label)
            more.addWidget(field, 0 if field is self.number else 1)
        more.addWidget(self.overwrite)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(self._scroll)
        column.addLayout(more)

    def _make_boxes(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.deleteLater()
        self._boxes, self._labels = [], []
        for head in self._heads:
            box, label = QComboBox(), QLabel(head[:30])
            box.setModel(self._fields)
            box.setAccessibleName(_("Column {name} is").format(name=head[:60]))
            box.activated.connect(lambda _index: self._touched())
            label.setProperty("tone", "quiet")
            label.setTextFormat(Qt.TextFormat.PlainText)
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(label)
            column.addWidget(box)
            self._row.addWidget(part)
            self._boxes.append(box)
            self._labels.append(label)
        self._row.addStretch(1)

    def _mapping(self, before: Mapping[str, str]) -> dict[str, str]:
        """Only what differs from what was understood anyway: the rest needs no remembering."""
        plan = self._plan
        said = dict(before)
        places = plan.columns.places if plan and plan.columns else {}
        cells = plan.columns.head.cells if plan and plan.columns and plan.columns.head else ()
        understood = {plain(cells[place]): field for field, place in places.items() if place < len(cells)}
        for head, box in zip(self._heads, self._boxes, strict=True):
            field = str(box.currentData(Qt.ItemDataRole.UserRole))
            if field != understood.get(plain(head), PASS_OVER):
                # A field has one column: what held it before gives it up.
                said = {other: name for other, name in said.items() if name != field or field == PASS_OVER}
                said[head] = field
        return said

    def _touched(self) -> None:
        if not self._filling:
            self._settle.start()

    def _say(self) -> None:
        self.said.emit(self.options())
