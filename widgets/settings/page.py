"""The page of all settings, made from the one settings table: groups at the left, rows at the right, a search above.

Runs on: GUI thread; values are kept on the registry's thread and come back by ``settings_changed``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.settings import Value, checked_among, groups
from widgets.common import hop_to_gui
from widgets.kiosk.password import KioskPassword
from widgets.panels import Moment, Surroundings
from widgets.recording.places import StoragePlaces
from widgets.settings.keys import KeysInForce
from widgets.settings.row import SettingRow
from widgets.theme import Weight, font, icon

KEYS = N_("Keys")
KIOSK = N_("Kiosk")
RECORDING, STORAGE = N_("Recording"), N_("Storage")
_GROUPS_PX = 240
_GROUP_ROW_PX = 32
_WIDEST_PX = 880            # longer lines of help are not read


class SettingsPage(QWidget):
    """Built when first opened. Esc on an empty search field gives the keyboard back to the wall."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._refused: SignalInstance = SignalInstance((str, object), name="setting_refused")
        self._values: Mapping[str, Value] = around.registry.settings
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = QLineEdit()
        self._glass = self.search.addAction(icon("magnifying-glass", around.theme.tokens.quiet),
                                            QLineEdit.ActionPosition.LeadingPosition)
        self.groups = QListWidget()
        self.groups.setProperty("framed", True)
        self.rows: dict[str, SettingRow] = {}
        self.keys = KeysInForce(around.dispatcher, around.registry, around.theme)
        self.kiosk = KioskPassword(around.registry)
        self.storage = StoragePlaces(around.places, around.registry, around.theme)
        self._title, self._nothing = QLabel(), QLabel()
        self._inside = QWidget()
        self._heads: dict[str, QLabel] = {}
        self._parts: dict[str, list[QWidget]] = {}
        self._build()
        self.search.textChanged.connect(self._arrange)
        self.search.installEventFilter(self)
        self.groups.currentRowChanged.connect(self._arrange)
        hop_to_gui(around.registry.settings_changed, self._changed, self)
        hop_to_gui(self._refused, self._tell, self)
        around.theme.changed.connect(self._dress)
        self.setFocusProxy(self.search)
        self.retranslate()
        self.groups.setCurrentRow(0)

    # --- what a console asks ---

    def show_moment(self, moment: Moment) -> None:
        """Nothing here follows the pictures."""

    def retranslate(self) -> None:
        self.setAccessibleName(_("Settings"))
        self._title.setText(_("Settings"))
        self.search.setPlaceholderText(_("Find a setting or a key…"))
        self.search.setAccessibleName(_("Find a setting or a key"))
        self.groups.setAccessibleName(_("Groups of settings"))
        self._nothing.setText(_("No setting matches."))
        for at, group in enumerate(self._parts):
            self.groups.item(at).setText(_(group))
            self._heads[group].setText(_(group))
        for row in self.rows.values():
            row.retranslate()
        self.keys.retranslate()
        self.kiosk.retranslate()
        self.storage.retranslate()
        self._changed(self._around.registry.settings)
        self._arrange()

    # --- what is shown ---

    def _changed(self, settings: Mapping[str, Value]) -> None:
        self._values = settings
        for key, row in self.rows.items():
            value = settings.get(key, row.setting.default)
            if value != row.value:              # a field in which someone types is left alone
                row.show_value(value)
        self.kiosk.show_values(settings)

    def _arrange(self, *_args: object) -> None:
        """The chosen group, or whatever matches the search in all groups."""
        words = self.search.text().casefold().split()
        names = list(self._parts)
        chosen = names[max(self.groups.currentRow(), 0)]
        found = 0
        for group, parts in self._parts.items():
            shown = 0
            for part in parts:
                if part is self.keys:
                    fits = bool(self.keys.search(self.search.text())) if words else True
                elif isinstance(part, SettingRow):
                    fits = all(word in f"{part.words} {_(group).casefold()}" for word in words)
                else:
                    fits = all(word in f"{_(group)} {part.accessibleName()}".casefold() for word in words)
                part.setVisible(fits and (bool(words) or group == chosen))
                shown += not part.isHidden()
            if not words and group == KEYS == chosen:
                self.keys.search("")
            self._heads[group].setVisible(bool(shown) and bool(words))
            found += shown
        self._nothing.setVisible(not found)

    # --- what is done ---

    def _wanted(self, key: str, value: Value) -> None:
        try:
            kept = checked_among(key, value, self._values)
        except OperatorError as error:
            self.rows[key].tell(str(error))
            return
        self.rows[key].tell("")
        self._around.registry.submit(lambda registry: registry.set_setting(key, kept), partial(self._outcome, key))

    def _reset(self, key: str) -> None:
        self._around.registry.submit(lambda registry: registry.settings.reset(key), partial(self._outcome, key))

    def _outcome(self, key: str, outcome: object) -> None:
        """On the registry's thread."""
        self._refused.emit(key, getattr(outcome, "error", None))

    def _tell(self, key: str, error: OperatorError | None) -> None:
        row = self.rows[key]
        if error is None:
            row.show_value(self._around.registry.settings.get(key, row.setting.default))
        else:
            row.tell(str(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                if self.search.text():
                    self.search.clear()
                else:
                    self._leave()
                return True
            if event.key() == Qt.Key.Key_Down:
                self.groups.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        if isinstance(watched, QWidget) and event.type() is QEvent.Type.FocusIn:
            self._scroll_to(watched)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        if not self._around.dispatcher.run("page.wall"):
            self._around.leave()

    def _scroll_to(self, widget: QWidget) -> None:
        if self._inside.isAncestorOf(widget):
            self._area.ensureVisible(0, widget.mapTo(self._inside, QPoint(0, widget.height() // 2)).y(), 0, 80)

    # --- parts ---

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setProperty("edge", "below")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar = QHBoxLayout(head)
        bar.setContentsMargins(16, 8, 16, 8)
        self._title.setFont(font(17, Weight.STRONG))
        self._title.setMinimumWidth(_GROUPS_PX - 16)
        self.search.setMaximumWidth(400)
        bar.addWidget(self._title)
        bar.addWidget(self.search, 1)
        bar.addStretch(1)
        column.addWidget(head)
        body = QHBoxLayout()
        body.setSpacing(0)
        self.groups.setFixedWidth(_GROUPS_PX)
        self.groups.setProperty("edge", "right")
        self.groups.setStyleSheet("QListView::item { padding-left: 14px; }")
        body.addWidget(self.groups)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = self._inside
        inside.setProperty("room", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(32, 12, 32, 24)
        self._list.setSpacing(0)
        for group, settings in groups().items():
            self._add(group, [SettingRow(setting) for setting in settings])
            if group == RECORDING:
                self._add(STORAGE, [self.storage])
        self._add(KIOSK, [self.kiosk])
        self._add(KEYS, [self.keys])
        self._nothing.setProperty("tone", "quiet")
        self._list.addWidget(self._nothing)
        self._list.addStretch(1)
        self._area.setWidget(inside)
        body.addWidget(self._area, 1)
        column.addLayout(body, 1)

    def _add(self, group: str, parts: Sequence[QWidget]) -> None:
        if group not in self._parts:
            head = self._heads[group] = QLabel()
            head.setFont(font(14, Weight.STRONG))
            head.setContentsMargins(0, 12, 0, 4)
            self._list.addWidget(head)
            self._parts[group] = []
            item = QListWidgetItem()
            item.setSizeHint(QSize(0, _GROUP_ROW_PX))
            self.groups.addItem(item)
        for part in parts:
            part.setMaximumWidth(_WIDEST_PX)
            self._list.addWidget(part, 100 if part is self.keys else 0)
            self._parts[group].append(part)
            if isinstance(part, SettingRow):
                self.rows[part.setting.key] = part
                part.wanted.connect(self._wanted)
                part.reset_asked.connect(self._reset)
            for field in part.findChildren(QWidget):
                if field.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    field.installEventFilter(self)

    def _dress(self, *_tokens: object) -> None:
        self._glass.setIcon(icon("magnifying-glass", self._around.theme.tokens.quiet))
