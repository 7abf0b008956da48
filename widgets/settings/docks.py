"""Docks remember themselves: size and fold of each, kept with the settings, the same in every console of this station.

Runs on: GUI thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import language_changed
from app.runtime.settings import Value
from widgets.common import hop_to_gui
from widgets.panels import Edge
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


def written(kept: Mapping[Edge, Kept]) -> str:
    """As ``read`` reads it; "" for the first sizes."""
    return "" if dict(kept) == FIRST else json.dumps({edge.value: [one.px, one.folded] for edge, one in kept.items()})


class Docks:
    """One for all consoles."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._registry = shell.station.registry
        self._kept = read(str(self._registry.settings.get(KEY, "")))
        dispatcher = shell.station.dispatcher
        for edge in Edge:
            dispatcher.bind(f"dock.{edge.value}", self._fold)
        dispatcher.bind("dock.larger", lambda: self._step(STEP_PX))
        dispatcher.bind("dock.smaller", lambda: self._step(-STEP_PX))
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

    def _reset(self) -> None:
        self._kept = dict(FIRST)
        self._save()

    def _keep(self, edge: Edge, kept: Kept) -> None:
        self._kept[edge] = kept
        self._save()

    def _save(self) -> None:
        for dock in self._docks():
            self._apply(dock)
        text = written(self._kept)
        self._registry.submit(lambda registry: registry.set_setting(KEY, text), replaces=KEY)

    def _apply(self, dock: Dock) -> None:
        kept = self._kept[dock.edge]
        dock.set_size(kept.px)
        dock.set_folded(kept.folded)

    def _changed(self, settings: Mapping[str, Value]) -> None:
        kept = read(str(settings.get(KEY, "")))
        if kept != self._kept:
            self._kept = kept
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
