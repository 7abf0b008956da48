"""The keys in force as a list; a command's keys are set by pressing them, and are in force at once.

Runs on: GUI thread; the file is written on the registry's thread, which is made to wait for disks.
"""

from __future__ import annotations

from collections.abc import Callable

from psygnal import SignalInstance
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.commands import Command, Dispatcher, KeyMap
from app.commands.key_file import can_change, rivals, save, with_default, with_keys
from app.commands.keys import normalise
from app.runtime import paths
from app.runtime.language import gettext as _
from widgets.common import hop_to_gui
from widgets.settings.catcher import KeyCatcher
from widgets.theme import Theme
from widgets.theme.restyle import restyle
from widgets.theme.tokens import colour
from widgets.window import key_caps
from widgets.window.seam import Lane

_KEYS_PX = 320
_ID = Qt.ItemDataRole.UserRole


class KeysInForce(QWidget):
    """``search`` filters from outside; ``searched`` tells how many rows are left."""

    def __init__(self, dispatcher: Dispatcher, registry: Lane, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dispatcher, self._registry, self._theme = dispatcher, registry, theme
        self._words = ""
        self._adding = False
        self._waiting_for: tuple[Command, str] | None = None      # a key that another command has, until told
        self._kept: SignalInstance = SignalInstance((object,), name="keys_kept")
        self.list = QTreeWidget()
        self.list.setProperty("framed", True)
        self.told = QLabel()
        self.change, self.add, self.none, self.back = (QPushButton() for _i in range(4))
        self.take, self.leave_it = QPushButton(), QPushButton()
        self.everything_back = QPushButton()
        self.catcher = KeyCatcher(self)
        self._place()
        self._connect()
        self.retranslate()

    # --- what is shown ---

    def search(self, words: str) -> int:
        """Only commands with these words; gives how many are left."""
        self._words = words
        return self._fill()

    def retranslate(self) -> None:
        self.list.setHeaderLabels([_("Command"), _("Keys")])
        self.list.setAccessibleName(_("Commands and their keys"))
        self.change.setText(_("Change key"))
        self.add.setText(_("One more key"))
        self.none.setText(_("Take keys away"))
        self.back.setText(_("Back to default"))
        self.everything_back.setText(_("All keys back to default"))
        self.take.setText(_("Take it from there"))
        self.leave_it.setText(_("Leave it there"))
        self._fill()
        self._say(_("Choose a command, then Enter, and press its new key."))

    def _fill(self, *_tokens: object) -> int:
        chosen, keymap = self._chosen_id(), self._dispatcher.keymap
        words = self._words.casefold().split()
        self.list.clear()
        count = 0
        for rows in self._dispatcher.table.groups().values():
            shown = [row for row in rows if can_change(row) and self._matches(row, words)]
            if not shown:
                continue
            head = QTreeWidgetItem([shown[0].group_text])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.list.addTopLevelItem(head)
            for row in shown:
                keys = " · ".join(_words_of(key) for key in keymap.keys_of(row.id))
                item = QTreeWidgetItem(head, [row.text, keys or "–"])
                item.setData(0, _ID, row.id)
                if keymap.is_changed(row.id):
                    item.setText(1, f"{keys or '–'}   ({_('changed')})")
                    item.setForeground(1, colour(self._theme.tokens.accent))
                if row.id == chosen:
                    self.list.setCurrentItem(item)
                count += 1
        self.list.expandAll()
        self._enable()
        return count

    def _matches(self, row: Command, words: list[str]) -> bool:
        keys = " ".join(self._dispatcher.keymap.keys_of(row.id))
        where = f"{row.text} {row.group_text} {keys} {row.id}".casefold()
        return all(word in where for word in words)

    # --- what is done ---

    def _begin(self, adding: bool) -> None:
        row = self._chosen()
        if row is not None:
            self._adding, self._waiting_for = adding, None
            self._enable()
            self._say(_("Press the key for “{command}”. Esc leaves it as it is.").format(command=row.text))
            self.catcher.start()

    def _caught(self, text: str) -> None:
        row = self._chosen()
        if row is None:
            return
        try:
            key = normalise(text)
        except ValueError:
            self._say(_("This key cannot be used."), wrong=True)
            return
        others = rivals(self._dispatcher.keymap, row.id, key)
        if others:
            self._waiting_for = (row, key)
            names = ", ".join(f"“{other.text}”" for other in others)
            self._say(_("{key} runs {others}. Shall “{command}” have it instead?").format(
                key=_words_of(key), others=names, command=row.text), wrong=True)
            self._enable()
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._give(row, key)

    def _give(self, row: Command, key: str) -> None:
        before = self._dispatcher.keymap.keys_of(row.id) if self._adding else ()
        self._use(with_keys(self._dispatcher.keymap, row.id, (*before, key)),
                  _("{key} runs “{command}” now.").format(key=_words_of(key), command=row.text))

    def _take(self) -> None:
        if self._waiting_for is not None:
            row, key = self._waiting_for
            self._give(row, key)

    def _leave(self) -> None:
        self._waiting_for = None
        self._enable()
        self._say(_("The keys stay as they were."))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_away(self) -> None:
        row = self._chosen()
        if row is not None:
            self._use(with_keys(self._dispatcher.keymap, row.id, ()),
                      _("“{command}” has no key now.").format(command=row.text))

    def _default(self) -> None:
        row = self._chosen()
        if row is not None:
            self._use(with_default(self._dispatcher.keymap, row.id),
                      _("“{command}” has its own keys again.").format(command=row.text))

    def _all_default(self) -> None:
        self._use(KeyMap(self._dispatcher.table), _("All commands have their own keys again."))

    def _use(self, keymap: KeyMap, told: str) -> None:
        self._waiting_for = None
        self._dispatcher.keymap = keymap
        path = paths.config_dir() / "keys.toml"
        self._registry.submit(lambda _registry: save(path, keymap), self._kept.emit, replaces="keys")
        self._fill()
        self._say(told)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _outcome(self, outcome: object) -> None:
        error = getattr(outcome, "error", None)
        if error is not None:
            self._say(str(error), wrong=True)

    def _say(self, text: str, wrong: bool = False) -> None:
        self.told.setText(text)
        restyle(self.told, tone="red" if wrong else "quiet")

    # --- parts ---

    def _chosen_id(self) -> str:
        item = self.list.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def _chosen(self) -> Command | None:
        return self._dispatcher.table.get(self._chosen_id())

    def _enable(self) -> None:
        row = self._chosen()
        keymap, asking = self._dispatcher.keymap, self._waiting_for is not None
        for button in (self.change, self.add):
            button.setEnabled(row is not None and not asking)
        self.none.setEnabled(row is not None and not asking and bool(keymap.keys_of(row.id)))
        self.back.setEnabled(row is not None and not asking and keymap.is_changed(row.id))
        self.everything_back.setEnabled(not asking and any(keymap.is_changed(r.id) for r in keymap.table))
        for button in (self.take, self.leave_it):
            button.setVisible(asking)

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        self.list.setUniformRowHeights(True)
        self.list.setIndentation(16)
        self.list.setRootIsDecorated(False)
        self.list.setMinimumHeight(200)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.list.header().setStretchLastSection(False)
        self.list.header().resizeSection(1, _KEYS_PX)
        self.told.setWordWrap(True)
        self.told.setProperty("tone", "quiet")
        column.addWidget(self.list, 1)
        asked = QHBoxLayout()
        asked.addWidget(self.told, 1)
        asked.addWidget(self.take)
        asked.addWidget(self.leave_it)
        column.addLayout(asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.change, self.add, self.none, self.back):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.everything_back)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.list.itemActivated.connect(lambda _item, _column: self._begin(False))
        self.list.currentItemChanged.connect(lambda _now, _before: self._chosen_changed())
        does: tuple[tuple[QPushButton, Callable[[], None]], ...] = (
            (self.change, lambda: self._begin(False)), (self.add, lambda: self._begin(True)),
            (self.none, self._take_away), (self.back, self._default), (self.everything_back, self._all_default),
            (self.take, self._take), (self.leave_it, self._leave))
        for button, do in does:
            button.clicked.connect(lambda _checked=False, do=do: do())
            button.setAutoDefault(True)
        self.catcher.caught.connect(self._caught)
        self.catcher.cancelled.connect(self._leave)
        hop_to_gui(self._kept, self._outcome, self)
        self._theme.changed.connect(self._fill)

    def _chosen_changed(self) -> None:
        if self._waiting_for is not None:
            self._waiting_for = None
            self._say(_("The keys stay as they were."))
        self._enable()


def _words_of(key: str) -> str:
    return "+".join(key_caps.parts(key))
