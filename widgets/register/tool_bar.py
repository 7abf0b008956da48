"""Above the list: search, quick filters, owner and area, and what can be done with lists.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QWidget

from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from widgets.common.plain import entry
from widgets.register.rows import Chip
from widgets.theme import Theme, icon
from widgets.window.bar_parts import Choice

_BAR_PX = 48
_NARROW_PX = 1320
_TITLE_FROM_PX = 1100       # Indonesian chips, choices and signs take 1,060 px with the title
_TYPING_MS = 60             # between two letters of a quick typist: the list follows words, not each letter


class ToolBar(QWidget):
    """``changed``: search, chip, owner or area; the other signals are the buttons."""

    changed = Signal()
    to_list = Signal()
    add_asked = Signal()
    network_asked = Signal()
    import_asked = Signal()
    export_asked = Signal()

    def __init__(self, directory: CameraDirectory, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory, self._theme = directory, theme
        self.owner, self.area, self.chip = "", (), Chip.ALL
        self._counts = dict.fromkeys(Chip, 0)
        self.setFixedHeight(_BAR_PX)
        self.setProperty("room", "panel")
        self.setProperty("edge", "below")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self.search = QLabel(), _Search()
        self.chips = {chip: QPushButton() for chip in Chip}
        self.owners, self.areas = Choice(theme), Choice(theme)
        self.seek, self.bring, self.give, self.add = QPushButton(), QPushButton(), QPushButton(), QPushButton()
        self._glass = self.search.addAction(icon("magnifying-glass", theme.tokens.quiet),
                                            QLineEdit.ActionPosition.LeadingPosition)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.changed)
        self._build()
        theme.changed.connect(self._recolour)
        self._recolour()
        self.retranslate()

    area: tuple[str, ...]

    def show_counts(self, counts: dict[Chip, int]) -> None:
        """How many cameras each quick filter would show."""
        if counts != self._counts:
            self._counts = counts
            self._name_chips()

    def narrow_area(self, path: tuple[str, ...]) -> None:
        """Only the cameras of that area; () for all."""
        self.area = path
        self._name_choices()
        self.changed.emit()

    def narrow_owner(self, owner: str) -> None:
        """Only the cameras of that owner; "" for all, "-" for those without."""
        self.owner = owner
        self._name_choices()
        self.changed.emit()

    def retranslate(self) -> None:
        self._title.setText(_("Cameras"))
        self.search.setAccessibleName(_("Find in the list"))
        self._name_buttons()
        self._name_chips()
        self._name_choices()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_buttons()

    # --- inside ---

    def _name_buttons(self) -> None:
        """In narrow windows buttons show their sign alone; their names stay for screen readers. In the narrowest
        the title goes too, which the bar above says as well, and the chips are not written over each other."""
        narrow = self.width() < _NARROW_PX
        roomy = self.width() >= _TITLE_FROM_PX
        self._title.setVisible(roomy)
        self._row.setSpacing(12 if roomy else 8)
        self.search.setPlaceholderText(_("Name, number, area…") if roomy else _("Search"))
        for button, text in ((self.seek, _("Find in the network")), (self.bring, _("Import")),
                             (self.give, _("Export")), (self.add, _("Camera"))):
            button.setText("" if narrow else text)
            button.setToolTip(text if narrow else "")
            button.setAccessibleName(text)
        self.add.setAccessibleName(_("Add a camera"))

    def _build(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        self._title.setProperty("tone", "strong")
        self._title.setStyleSheet("font-size: 17px")
        row.addWidget(self._title)
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(232)
        self.search.setFixedHeight(32)
        row.addWidget(self.search, 2)
        chips = QHBoxLayout()
        chips.setSpacing(0)
        group = QButtonGroup(self)
        for chip, button in self.chips.items():
            button.setProperty("chip", True)
            button.setCheckable(True)
            button.setChecked(chip is Chip.ALL)
            button.clicked.connect(partial(self._chip_clicked, chip))
            group.addButton(button)
            chips.addWidget(button)
        row.addLayout(chips)
        row.addWidget(self.owners)
        row.addWidget(self.areas)
        row.addStretch(1)
        for button in (self.seek, self.bring, self.give, self.add):
            row.addWidget(button)
        self.add.setProperty("first", True)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.down.connect(self.to_list)
        self.owners.clicked.connect(self._open_owners)
        self.areas.clicked.connect(self._open_areas)
        self.add.clicked.connect(self.add_asked)
        self.seek.clicked.connect(self.network_asked)
        self.bring.clicked.connect(self.import_asked)
        self.give.clicked.connect(self.export_asked)

    def _chip_clicked(self, chip: Chip, _on: bool = True) -> None:
        self.chip = chip
        self.changed.emit()

    def _name_chips(self) -> None:
        titles = {Chip.ALL: _("All"), Chip.PROBLEMS: _("Problems"), Chip.RESTRICTED: _("Restricted")}
        for chip, button in self.chips.items():
            button.setText(f"{titles[chip]} {self._counts[chip]}")
            button.setMinimumWidth(button.sizeHint().width())

    def _name_choices(self) -> None:
        owner = self._directory.owners().get(self.owner)
        self.owners.set_text(_("Owner"), owner.name if owner else _("none") if self.owner else _("all"))
        self.areas.set_text(_("Area"), self.area[-1] if self.area else _("all"))

    def _open_owners(self) -> None:
        menu = self._menu()
        rows: Sequence[tuple[str, str]] = [("", _("all")), *(
            (owner.id, owner.name) for owner in self._directory.owners().values()), ("-", _("none"))]
        for value, title in rows:
            action = menu.addAction(entry(title))
            action.setCheckable(True)
            action.setChecked(value == self.owner)
            action.triggered.connect(partial(self._owner_chosen, value))
        menu.popup(self.owners.mapToGlobal(QPoint(0, self.owners.height())))

    def _owner_chosen(self, owner: str, _on: bool = True) -> None:
        self.narrow_owner(owner)

    def _open_areas(self) -> None:
        menu = self._menu()
        action = menu.addAction(_("all"))
        action.triggered.connect(partial(self._area_chosen, ()))
        # Two levels as menus in menus; deeper ones are found by typing.
        counts = Counter(camera.area[:depth] for camera in self._directory.all() for depth in (1, 2)
                         if len(camera.area) >= depth)
        paths = sorted(counts, key=lambda path: [name.casefold() for name in path])
        for path in (path for path in paths if len(path) == 1):
            inside = [deep for deep in paths if len(deep) == 2 and deep[0] == path[0]]
            self._offer(menu, path, inside, counts)
        menu.popup(self.areas.mapToGlobal(QPoint(0, self.areas.height())))

    def _offer(self, menu: QMenu, path: tuple[str, ...], inside: Sequence[tuple[str, ...]],
               counts: Mapping[tuple[str, ...], int]) -> None:
        def title(area: tuple[str, ...]) -> str:
            return entry(f"{area[-1]}  {counts[area]}")
        if not inside:
            menu.addAction(title(path)).triggered.connect(partial(self._area_chosen, path))
            return
        below = menu.addMenu(title(path))
        whole = below.addAction(entry(_("all of {area}").format(area=path[-1])))
        whole.triggered.connect(partial(self._area_chosen, path))
        below.addSeparator()
        for deep in inside:
            below.addAction(title(deep)).triggered.connect(partial(self._area_chosen, deep))

    def _area_chosen(self, path: tuple[str, ...], _on: bool = True) -> None:
        self.narrow_area(path)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _recolour(self, *_tokens: object) -> None:
        tokens = self._theme.tokens
        self._glass.setIcon(icon("magnifying-glass", tokens.quiet))
        self.seek.setIcon(icon("broadcast", tokens.text))
        self.bring.setIcon(icon("upload-simple", tokens.text))
        self.give.setIcon(icon("download-simple", tokens.text))
        self.add.setIcon(icon("plus", tokens.first_words))


class _Search(QLineEdit):
    """``down``: to the list; Esc empties it first."""

    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
