"""Docks remember themselves: size, fold and order of panels, kept with the settings.

The same in every console of this station. Runs on: GUI thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import language_changed
from app.runtime.settings import Value
from widgets.common import hop_to_gui
from widgets.panels import PANELS, Edge
from widgets.window.console import Console
from widgets.window.dock import FIRST_PX, STEP_PX, Dock
from widgets.window.frame import Frame
from widgets.window.shell import Shell

KEY = "docks.kept"
_MOST_PX = 4096             # a number edited by hand into nonsense


@dataclass(frozen=True, slots=True)
class Kept:
    """One dock: its size in logical pixels, and whether it is folded."""

    px: int
    folded: bool = False


FIRST = {edge: Kept(px) for edge, px in FIRST_PX.items()}


def read(text: str) -> dict[Edge, Kept]:
    """What was kept; whatever makes no sense has its first size."""
    kept = dict(FIRST)
    try:
        told = json.loads(text) if text else {}
        for edge in Edge:
            if edge.value in told:
                px, folded = told[edge.value]
                if isinstance(px, int) and 0 < px <= _MOST_PX and isinstance(folded, bool):
                    kept[edge] = Kept(px, folded)
    except (ValueError, TypeError, RecursionError):
        return dict(FIRST)
    return kept


def read_order(text: str) -> tuple[str, ...]:
    """The names of panels in the order that was chosen; empty when none was, or it makes no sense."""
    try:
        told = json.loads(text)["order"] if text else []
        return tuple(told) if isinstance(told, list) and all(isinstance(name, str) for name in told) else ()
    except (ValueError, TypeError, KeyError, RecursionError):
        return ()


def written(kept: Mapping[Edge, Kept], order: Sequence[str] = ()) -> str:
    """As ``read`` and ``read_order`` read it; "" for the first sizes and order."""
    if dict(kept) == FIRST and not order:
        return ""
    told: dict[str, object] = {edge.value: [one.px, one.folded] for edge, one in kept.items()}
    return json.dumps(told | ({"order": list(order)} if order else {}))


class Docks:
    """One for all consoles."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._registry = shell.station.registry
        text = str(self._registry.settings.get(KEY, ""))
        self._kept, self._order = read(text), read_order(text)
        dispatcher = shell.station.dispatcher
        for edge in Edge:
            dispatcher.bind(f"dock.{edge.value}", self._fold)
        dispatcher.bind("dock.larger", lambda: self._step(STEP_PX))
        dispatcher.bind("dock.smaller", lambda: self._step(-STEP_PX))
        dispatcher.bind("dock.earlier", lambda: self._move(-1))
        dispatcher.bind("dock.later", lambda: self._move(1))
        dispatcher.bind("dock.reset", self._reset)
        shell.windows.opened.connect(self._opened)
        hop_to_gui(self._registry.settings_changed, self._changed, shell.owner)
        hop_to_gui(language_changed, lambda _language: self._retranslate(), shell.owner)

    def close(self) -> None:
        """The docks go with their windows."""

    def _opened(self, frame: Frame) -> None:
        if isinstance(frame, Console):
            for edge, dock in frame.docks.items():
                self._apply(dock)
                dock.resized.connect(lambda dock=dock: self._keep(dock.edge, Kept(dock.px, dock.folded)))
                dock.unfold_asked.connect(lambda edge=edge: self._shell.station.dispatcher.run(f"dock.{edge.value}"))

    def _fold(self, edge: str) -> None:
        console = self._console()
        dock = console.docks.get(Edge(edge)) if console is not None else None
        if console is None or dock is None:
            raise OperatorError(_("There is no dock at this side."))
        focus = QApplication.focusWidget()
        held = focus is not None and dock.isAncestorOf(focus)
        self._keep(dock.edge, Kept(dock.px, not dock.folded))
        if held:
            console.take_keyboard()

    def _step(self, by: int) -> None:
        """The dock with the keyboard, else the first that is not folded."""
        console = self._console()
        open_ones = [dock for dock in console.docks.values() if not dock.folded] if console is not None else []
        if not open_ones:
            raise OperatorError(_("No dock is open."))
        focus = QApplication.focusWidget()
        dock = next((dock for dock in open_ones if focus is not None and dock.isAncestorOf(focus)), open_ones[0])
        dock.grip.step(by)

    def _move(self, by: int) -> None:
        """The panel with the keyboard changes place with its neighbour."""
        console, focus = self._console(), QApplication.focusWidget()
        docks = console.docks.values() if console is not None else ()
        dock = next((dock for dock in docks if dock.panel_of(focus)), None)
        if dock is None:
            raise OperatorError(_("Put the keyboard into a panel first, with a click or with /."))
        names = list(dock.order)
        at = names.index(dock.panel_of(focus))
        if not 0 <= at + by < len(names):
            raise OperatorError(_("This panel is at the end of its dock."))
        names[at], names[at + by] = names[at + by], names[at]
        dock.set_order(names)
        self._order = tuple(name for one in docks for name in one.order)
        self._save()

    def _reset(self) -> None:
        self._kept, self._order = dict(FIRST), ()
        self._save()

    def _keep(self, edge: Edge, kept: Kept) -> None:
        self._kept[edge] = kept
        self._save()

    def _save(self) -> None:
        for dock in self._docks():
            self._apply(dock)
        text = written(self._kept, self._order)
        self._registry.submit(lambda registry: registry.set_setting(KEY, text), replaces=KEY)

    def _apply(self, dock: Dock) -> None:
        kept = self._kept[dock.edge]
        dock.set_size(kept.px)
        dock.set_folded(kept.folded)
        dock.set_order(self._order or [panel.name for panel in PANELS])

    def _changed(self, settings: Mapping[str, Value]) -> None:
        text = str(settings.get(KEY, ""))
        kept = (read(text), read_order(text))
        if kept != (self._kept, self._order):
            self._kept, self._order = kept
            for dock in self._docks():
                self._apply(dock)

    def _retranslate(self) -> None:
        for dock in self._docks():
            dock.retranslate()

    def _docks(self) -> Iterator[Dock]:
        for frame in self._shell.windows.frames.values():
            if isinstance(frame, Console):
                yield from frame.docks.values()

    def _console(self) -> Console | None:
        frame = self._shell.windows.active
        return frame if isinstance(frame, Console) else None


def install(shell: Shell) -> Docks:
    """For widgets.features."""
    return Docks(shell)
