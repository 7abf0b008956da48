"""What tours add to the windows: commands, numbers, palette, title bars, and the watch over lit panes.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.model.errors import OperatorError
from app.runtime.darkness import Darkness, probes_of_this_desktop
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.tours.book import TABLES, TourBook
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.common.plain import entry
from widgets.palette.offers import Offer, OfferGroup
from widgets.tours.touring import Touring
from widgets.tours.watching import Watching
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell

KIND = N_("tour")           # as a sentence calls what has a number


class TourFeature:
    """Lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        station = shell.station
        self._later = Later(shell.owner)
        self.book = TourBook(station.registry.submit, self._later)
        self.touring = Touring(shell, self.book)
        self.darkness = Darkness(probes_of_this_desktop())
        self.darkness.start()
        self.watching = Watching(shell, self._later, self.darkness)
        dispatcher, touring = station.dispatcher, self.touring
        for command, handler in (
                ("tour.toggle", touring.toggle), ("tour.next", partial(touring.skip, 1)),
                ("tour.previous", partial(touring.skip, -1)), ("tour.stop", touring.stop),
                ("tour.start", touring.start), ("tour.choose", self.choose)):
            dispatcher.bind(command, handler)
        shell.handlers.call_up.numbers.register(KIND, self.book.names, touring.call)
        shell.overlays.offers.append(OfferGroup(lambda: _("Tours"), self._offers))
        touring.changed.connect(self._show)
        self.book.changed.connect(self._show)
        shell.windows.opened.connect(self._opened)
        hop_to_gui(station.registry.tables_changed, self._tables_changed, shell.owner)
        self.book.refresh(touring.resume_saved)

    def choose(self, window: str = "") -> None:
        """The tours as a menu below the title bar's choice: Enter starts one. Raises OperatorError without a console.

        A popup, not modal: the wall goes on below it.
        """
        frame = self._shell.windows.frames.get(window) or self._shell.windows.active
        if not self.book.all():
            raise OperatorError(_("There is no tour yet; make one on the page of tours."))
        if frame is None:
            return
        menu = QMenu(frame)
        menu.setAccessibleName(_("Tours"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        run, running = self._shell.station.dispatcher.run, self.touring.of(frame.window_id)
        for tour in self.book.all():
            action = menu.addAction(f"{entry(tour.name)}\t*{tour.number}")
            action.setCheckable(True)
            action.setChecked(running is not None and running.tour.id == tour.id)
            action.triggered.connect(partial(self._run, run, tour.id, frame.window_id))
        menu.addSeparator()
        stop = menu.addAction(_("End the tour"))
        stop.setEnabled(running is not None)
        stop.triggered.connect(lambda: run("tour.stop", window=frame.window_id))
        edit = menu.addAction(_("Edit tours…"))
        edit.triggered.connect(lambda: run("page.tours"))
        bar = frame.bar.tour if isinstance(frame, Console) and frame.bar.isVisible() else None
        menu.popup(bar.mapToGlobal(QPoint(0, bar.height())) if bar is not None else frame.mapToGlobal(QPoint(16, 16)))

    def close(self) -> None:
        """Before the windows go; what was watched is handed to the registry."""
        self._later.close()
        self.watching.close()
        self.darkness.close()
        self.touring.close()
        self.book.changed.disconnect(self._show)
        self._shell.handlers.call_up.numbers.forget(KIND)

    @staticmethod
    def _run(run: Any, tour: str, window: str, _checked: bool = False) -> None:
        run("tour.start", tour=tour, window=window)

    def _offers(self) -> Iterable[Offer]:
        return [Offer(tour.name, "tour.start", {"tour": tour.id}, also=f"*{tour.number}", symbol="play")
                for tour in self.book.all()]

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if tables & TABLES:
            self.book.refresh()

    def _opened(self, frame: Frame) -> None:
        if isinstance(frame, Console):
            # T in the mouse's hand: a click starts or pauses; the menu is behind the right button and Ctrl+T.
            window, run, bar = frame.window_id, self._shell.station.dispatcher.run, frame.bar.tour
            bar.clicked.connect(lambda: run("tour.toggle" if self.touring.of(window) else "tour.choose", window=window))
            bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            bar.customContextMenuRequested.connect(lambda _at: run("tour.choose", window=window))
            self._show()

    def _show(self) -> None:
        for frame in self._shell.windows.frames.values():
            if not isinstance(frame, Console):
                continue
            running = self.touring.of(frame.window_id)
            if running is not None:
                frame.bar.tour.show_tour(running.tour.name, running.phase, running.seconds_left())
            else:
                chosen = self.touring.chosen(frame.window_id)
                frame.bar.tour.show_tour(chosen.name if chosen is not None else "", None, 0.0)


def install(shell: Shell) -> TourFeature:
    """The row of widgets/features.py."""
    return TourFeature(shell)
