"""The tours of this registry and the form of the marked one: name, number, time per page, order, stops.

Runs on: GUI thread; the registry answers on its lane, by way of the book.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.model.errors import OperatorError
from app.model.scene import Order, Stop, Tour
from app.runtime.language import current_language, ngettext
from app.runtime.language import gettext as _
from app.tours.book import TourBook
from app.tours.pages import segments
from widgets.common.later import Later
from widgets.panels import Surroundings
from widgets.register.combo import Combo
from widgets.theme import Weight, font, icon
from widgets.tours.add_stop import AddStop
from widgets.tours.choice import clock
from widgets.tours.presets import KnownPresets
from widgets.tours.stop_list import StopList

_LIST_PX, _FORM_PX = 256, 360
_LEAST_LIST_PX, _LEAST_FORM_PX = 160, 240        # a monitor of 1920 px at 200 % has 960 for all four parts
_SHARES = (3, 4, 4, 5)          # of list, form, stops, offers: names of areas with how many cameras lie in them
_TEXT_PX = 6                    # as far from the field's edge as a line edit's words
_NEW = Tour("", 0, "")
_ID = Qt.ItemDataRole.UserRole


class TourEditor(QWidget):
    """Nothing is written before Save; ``told`` carries what became of it, ``start_asked`` a tour's id."""

    told = Signal(str, bool)                # the sentence, and whether it is a refusal
    start_asked = Signal(str)

    def __init__(self, around: Surroundings, book: TourBook, later: Later, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        presets = KnownPresets(around.registry, later, self)
        presets.changed.connect(self._presets_changed)
        self._around, self._book = around, book
        self._tour = _NEW
        self._drafts: dict[str, Tour] = {}      # edits of tours that are not shown now, by id; "" is the new one
        self._panes = 0             # of the window in which it would start; 0 while not told
        self.tours, self.add_tour = QListWidget(), QPushButton()
        self.name, self.number, self.dwell = QLineEdit(), QSpinBox(), QDoubleSpinBox()
        self.order = Combo(around.theme)
        self.stops = StopList(around.directory, around.theme, book.scenes, presets)
        self.own_dwell = QDoubleSpinBox()
        self.add_stop = AddStop(around.directory, around.theme, book.scenes, presets)
        self.up, self.down, self.take_out = QPushButton(), QPushButton(), QPushButton()
        self.save_it, self.start_it, self.undo_it, self.delete_it = (QPushButton() for _button in range(4))
        self._labels = {name: QLabel() for name in ("name", "number", "dwell", "order", "stops", "own", "offers")}
        self._sum = QLabel()
        self._build()
        self._connect()
        self.setFocusProxy(self.tours)
        self.show_tour(self._fresh())
        self.retranslate()
        self.refresh()

    # --- what the page asks ---

    def retranslate(self) -> None:
        texts = {"name": _("Name"), "number": _("Number, called with *"), "dwell": _("A page stands for"),
                 "order": _("Order"), "stops": _("Stops"), "own": _("This stop stands for"),
                 "offers": _("Add a stop")}
        for key, text in texts.items():
            self._labels[key].setText(text)
        self.tours.setAccessibleName(_("Tours"))
        for widget, key in ((self.name, "name"), (self.number, "number"), (self.dwell, "dwell"), (self.order, "order"),
                            (self.stops, "stops"), (self.own_dwell, "own")):
            widget.setAccessibleName(texts[key])
        for button, text in ((self.add_tour, _("New tour")), (self.save_it, _("Save")), (self.start_it, _("Start")),
                             (self.undo_it, _("Undo")), (self.delete_it, _("Delete tour")), (self.up, _("Up")),
                             (self.down, _("Down")), (self.take_out, _("Take out"))):
            button.setText(text)
            button.setAccessibleName(text)
        self.up.setToolTip("Alt+↑")
        self.down.setToolTip("Alt+↓")
        self.take_out.setToolTip("Delete")
        for box in (self.dwell, self.own_dwell):
            box.setLocale(QLocale(current_language()))      # 2,5 or 2.5
        self.dwell.setSuffix(_(" s"))
        self.own_dwell.setSuffix(_(" s"))
        self.own_dwell.setSpecialValueText(_("as the tour"))
        marked = max(self.order.currentIndex(), 0)
        self.order.blockSignals(True)
        self.order.clear()
        self.order.addItems([_("as listed"), _("least seen first, red alleys more often")])
        self.order.setCurrentIndex(marked)
        self.order.blockSignals(False)
        self.add_stop.retranslate()
        self.stops.relabel()
        self._count()

    def refresh(self) -> None:
        """Tours, scenes or the theme are others than before; what someone is editing is left alone."""
        self.start_it.setIcon(icon("play", self._around.theme.tokens.text))
        edited = self.edited
        self.tours.blockSignals(True)
        self.tours.clear()
        for tour in self._book.all():
            item = QListWidgetItem()
            item.setData(_ID, tour.id)
            self.tours.addItem(item)
            if tour.id == self._tour.id:
                self.tours.setCurrentItem(item)
        self.tours.blockSignals(False)
        self._drafts = {key: draft for key, draft in self._drafts.items() if not key or self._book.by_id(key)}
        self._name_rows()
        known = self._book.by_id(self._tour.id)
        if not edited:
            self.show_tour(known or next(iter(self._book.all()), self._fresh()))
        self.stops.relabel()
        self.add_stop.look()
        self._count()

    def _presets_changed(self) -> None:
        self.stops.relabel()
        self.add_stop.look()

    # --- the form ---

    @property
    def edited(self) -> bool:
        """Whether the form says something else than what is kept."""
        now, kept = self.shown(), self._tour
        return (now.name, now.dwell, now.order, now.stops) != (kept.name, kept.dwell, kept.order, kept.stops) or (
            bool(kept.id) and now.number != kept.number)

    def shown(self) -> Tour:
        """The tour as the form says it."""
        order = Order.LEAST_SEEN if self.order.currentIndex() == 1 else Order.LISTED
        return Tour(self._tour.id, self.number.value(), self.name.text(), self.stops.stops(), self.dwell.value(), order)

    def show_tour(self, tour: Tour) -> None:
        """Its values in the form, or what was edited of it and is not saved yet."""
        self._tour = tour
        tour = self._drafts.pop(tour.id, tour)
        for widget in (self.number, self.dwell, self.order):
            widget.blockSignals(True)
        self.name.setText(tour.name)
        self.number.setValue(tour.number)
        self.dwell.setValue(tour.dwell)
        self.order.setCurrentIndex(1 if tour.order is Order.LEAST_SEEN else 0)
        for widget in (self.number, self.dwell, self.order):
            widget.blockSignals(False)
        self.stops.show_stops(tour.stops)
        for row in range(self.tours.count()):
            if self.tours.item(row).data(_ID) == tour.id and tour.id:
                self.tours.blockSignals(True)
                self.tours.setCurrentRow(row)
                self.tours.blockSignals(False)
        self._stop_marked()
        self._count()

    def new(self) -> None:
        """An empty form with the next free number, or the new tour that was begun; the keyboard in the name."""
        self._put_aside()
        self.tours.blockSignals(True)
        self.tours.setCurrentRow(-1)
        self.tours.blockSignals(False)
        self.show_tour(self._fresh())
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Write what the form says; the sentence of a refusal stands below the form."""
        self._book.save(self.shown(), partial(self._saved, self._tour.id))

    def undo(self) -> None:
        """What is kept of the shown tour, instead of what was edited."""
        self.show_tour(self._book.by_id(self._tour.id) or self._fresh())

    def delete(self) -> None:
        """Take the marked tour away."""
        gone = self._tour
        if gone.id:
            self._tour = _NEW
            self._book.remove(gone.id, lambda _done, error: self._deleted(gone, error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        elif event.key() == Qt.Key.Key_Insert:
            self.new()
        else:
            super().keyPressEvent(event)

    # --- inside ---

    def _fresh(self) -> Tour:
        taken = {tour.number for tour in self._book.all()} | {scene.number for scene in self._book.scenes()}
        return replace(_NEW, number=next(number for number in range(1, 10_000) if number not in taken))

    def _saved(self, was: str, kept: Tour | None, error: OperatorError | None) -> None:
        """``was``: its id when Save was pressed, "" for a new one."""
        if kept is not None:
            if self._tour.id != was:            # another was chosen meanwhile
                self._put_aside()
            self._drafts.pop(was, None)
            self.show_tour(kept)
            self.refresh()
            self.told.emit(_("Tour “{name}” is saved; *{number} starts it.").format(name=kept.name, number=kept.number),
                           False)
        elif error is not None:
            self.told.emit(str(error), True)

    def _deleted(self, gone: Tour, error: OperatorError | None) -> None:
        if error is not None:
            if self._tour is _NEW:              # it is still there, and what is saved now is still that one
                self._tour = gone
                self._count()
            self.told.emit(str(error), True)
            return
        self.show_tour(next(iter(self._book.all()), self._fresh()))
        self.refresh()
        self.told.emit(_("Tour “{name}” is gone.").format(name=gone.name), False)

    def _start(self) -> None:
        """As it is kept; what was not saved is saved first."""
        if self.edited or not self._tour.id:
            self._book.save(self.shown(), partial(self._saved_to_start, self._tour.id))
        else:
            self.start_asked.emit(self._tour.id)

    def _saved_to_start(self, was: str, kept: Tour | None, error: OperatorError | None) -> None:
        self._saved(was, kept, error)
        if kept is not None:
            self.start_asked.emit(kept.id)

    def _marked(self, row: int) -> None:
        item = self.tours.item(row)
        tour = self._book.by_id(item.data(_ID)) if item is not None else None
        if tour is not None:
            self._put_aside()
            self.show_tour(tour)

    def _put_aside(self) -> None:
        """Edits of the shown tour wait until it is shown again."""
        if self.edited:
            self._drafts[self._tour.id] = self.shown()
        self._name_rows()

    def _name_rows(self) -> None:
        """A star behind a tour whose edits wait, as the title bar marks a scene that differs."""
        for tour, row in zip(self._book.all(), range(self.tours.count()), strict=False):
            self.tours.item(row).setText(f"*{tour.number}   {tour.name}" + (" *" if tour.id in self._drafts else ""))

    def _stop_marked(self, *_row: object) -> None:
        self.own_dwell.blockSignals(True)
        self.own_dwell.setValue(self.stops.dwell())
        self.own_dwell.blockSignals(False)
        for widget in (self.own_dwell, self.up, self.down, self.take_out):
            widget.setEnabled(self.stops.currentRow() >= 0)

    def show_panes(self, panes: int) -> None:
        """How many panes the window has in which a tour would start: as many cameras stand on a page."""
        if panes != self._panes:
            self._panes = panes
            self._count()

    def _count(self, *_changed: object) -> None:
        """"64 cameras; here 4 pages of 16, once round in 01:20"."""
        parts = segments(self.shown(), self._around.directory, self._book.scenes())
        cameras = sum(len(part.items) for part in parts)
        panes = self._panes or 16
        pages = sum(-(-len(part.items) // panes) if part.scene is None else 1 for part in parts)
        words = ngettext("{count} camera", "{count} cameras", cameras).format(count=cameras)
        turns = ngettext("{count} page", "{count} pages", pages).format(count=pages)
        self._sum.setText(_("{cameras}; with {panes} panes {pages}, once round in {time}").format(
            cameras=words, panes=panes, pages=turns, time=clock(pages * self.dwell.value())) if pages else "")
        self.delete_it.setEnabled(bool(self._tour.id))
        self._changed()

    def _changed(self, *_value: object) -> None:
        self.undo_it.setEnabled(self.edited)

    def _connect(self) -> None:
        self.tours.currentRowChanged.connect(self._marked)
        self.add_tour.clicked.connect(self.new)
        self.save_it.clicked.connect(self.save)
        self.start_it.clicked.connect(self._start)
        self.undo_it.clicked.connect(self.undo)
        for value in (self.name.textChanged, self.number.valueChanged, self.order.currentIndexChanged):
            value.connect(self._changed)
        self.delete_it.clicked.connect(self.delete)
        self.up.clicked.connect(lambda: self.stops.shift(-1))
        self.down.clicked.connect(lambda: self.stops.shift(1))
        self.take_out.clicked.connect(self.stops.remove)
        self.add_stop.chosen.connect(self._add)
        self.stops.edited.connect(self._count)
        self.stops.currentRowChanged.connect(self._stop_marked)
        self.own_dwell.valueChanged.connect(self.stops.set_dwell)
        self.dwell.valueChanged.connect(self._count)

    def _add(self, stop: Stop) -> None:
        self.stops.add(stop)

    def _build(self) -> None:
        for view in (self.tours, self.stops, self.add_stop.offers):
            view.setProperty("framed", True)        # an empty one shows too that it has the keyboard
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QWidget()
        left.setProperty("edge", "right")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left.setMinimumWidth(_LEAST_LIST_PX)
        left.setMaximumWidth(_LIST_PX)
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.add_tour)
        column.addWidget(self.tours, 1)
        row.addWidget(left, _SHARES[0])
        form = QWidget()
        form.setMinimumWidth(_LEAST_FORM_PX)
        form.setMaximumWidth(_FORM_PX)
        fields = QFormLayout(form)
        fields.setContentsMargins(24, 16, 16, 16)
        fields.setVerticalSpacing(8)
        fields.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self.number.setRange(1, 9999)
        self.dwell.setRange(2.0, 86_400.0)
        self.own_dwell.setRange(0.0, 86_400.0)
        for spin in (self.dwell, self.own_dwell):
            spin.setDecimals(0)
            spin.setSingleStep(5.0)
        for field in (self.number, self.dwell, self.own_dwell):
            field.lineEdit().setTextMargins(_TEXT_PX, 0, _TEXT_PX, 0)
        for key, widget in (("name", self.name), ("number", self.number), ("dwell", self.dwell), ("order", self.order)):
            fields.addRow(self._labels[key], widget)
        self._sum.setProperty("tone", "quiet")
        self._sum.setWordWrap(True)
        fields.addRow(self._sum)
        self.save_it.setProperty("first", True)
        for pair in ((self.save_it, self.start_it), (self.undo_it, self.delete_it)):
            buttons = QHBoxLayout()
            buttons.setSpacing(8)
            for button in pair:
                buttons.addWidget(button)
            buttons.addStretch(1)
            fields.addRow(buttons)
        row.addWidget(form, _SHARES[1])
        row.addLayout(self._column("stops", self.stops, self._stop_tools()), _SHARES[2])
        row.addLayout(self._column("offers", self.add_stop), _SHARES[3])

    def _stop_tools(self) -> QWidget:
        """Two rows: in one, an Indonesian console of 1280 px would leave the offers beside them no room."""
        tools = QWidget()
        rows = QVBoxLayout(tools)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        self.own_dwell.setMinimumWidth(112)
        self._labels["own"].setWordWrap(True)
        for widgets in ((self._labels["own"], self.own_dwell), (self.up, self.down, self.take_out)):
            line = QHBoxLayout()
            line.setSpacing(8)
            for widget in widgets:
                line.addWidget(widget, 1 if widget is self._labels["own"] else 0)
            if self._labels["own"] not in widgets:
                line.addStretch(1)
            rows.addLayout(line)
        return tools

    def _column(self, label: str, widget: QWidget, below: QWidget | None = None) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(8, 16, 16, 16)
        column.setSpacing(8)
        self._labels[label].setFont(font(14, Weight.STRONG))
        column.addWidget(self._labels[label])
        column.addWidget(widget, 1)
        if below is not None:
            column.addWidget(below)
        return column
