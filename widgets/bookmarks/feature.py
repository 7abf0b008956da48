"""Bookmarks for all windows: marks the moment on what is seen, asks for words, keeps the list.

Runs on: GUI thread; the registry's and the keeper's threads hop.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QPoint

from app.bookmarks.book import TABLE, BookmarkBook
from app.model.bookmark import Bookmark, Marked
from app.model.errors import OperatorError
from app.registry.ids import new_id
from app.runtime.language import gettext as _
from app.runtime.language import language_changed, ngettext
from app.runtime.zone import in_force
from app.wall.transitions import panes_of
from widgets.bookmarks.popover import BookmarkPopover
from widgets.bookmarks.times import moment_text, time_text
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.common.who import operator
from widgets.window.shell import Shell, selected_in

_CORNER = QPoint(16, 48)        # under the title bar


class BookmarkDesk(QObject):
    """Everything about bookmarks that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        self._later = Later(self)
        station = shell.station
        self.book = BookmarkBook(station.registry.submit, station.recording.keeper, self._later)
        self._popovers: dict[str, BookmarkPopover] = {}
        for command, handler in (("mark", self.mark), ("describe", self.describe), ("edit", self.edit),
                                 ("delete", self.delete), ("undo", self.undo)):
            station.dispatcher.bind(f"bookmark.{command}", handler)
        self.book.refused.connect(lambda error: shell.tell(str(error)))
        shell.windows.closed.connect(lambda frame: self._popovers.pop(frame.window_id, None))
        hop_to_gui(station.registry.tables_changed, self._tables_changed, self)
        hop_to_gui(language_changed, self._retranslate, self)
        self.book.refresh()

    def close(self) -> None:
        """Before the windows go."""
        self._later.close()
        self._popovers.clear()

    # --- commands ---

    def mark(self, **_pane: object) -> None:
        """The moment, on the selected camera and all that are seen in this window. Raises OperatorError."""
        bookmark = self._now()
        self.book.save(bookmark, bookmark.operator)
        self._say(bookmark)

    def describe(self) -> None:
        """As :meth:`mark`, at once; then the words. Raises OperatorError."""
        bookmark = self._now()
        self.book.save(bookmark, bookmark.operator)
        self._open(bookmark)

    def edit(self, bookmark: str) -> None:
        """The words of one that is there. Raises OperatorError."""
        self._open(self._known(bookmark))

    def delete(self, bookmark: str) -> None:
        """What it held may go with its age; undo brings it back. Raises OperatorError."""
        self._known(bookmark)
        self.book.remove(bookmark)
        self._shell.done(_("Bookmark deleted; the page of bookmarks brings it back."))

    def undo(self) -> None:
        """The last change or deletion. Raises OperatorError when there was none."""
        done = self.book.undo()
        if done is None:
            raise OperatorError(_("No bookmark was changed or deleted since the start."))
        self._shell.done(_("The bookmark is back.") if done[0] == "removed" else
                         _("The bookmark reads as it did before."))

    # --- inside ---

    def _known(self, bookmark: str) -> Bookmark:
        known = self.book.by_id(bookmark)
        if known is None:
            raise OperatorError(_("This bookmark is not there any more."))
        return known

    def _now(self) -> Bookmark:
        at = time.time_ns() // 1000
        settings = self._station.registry.settings
        before, after = (int(settings[f"bookmark.{side}"]) * 1_000_000 for side in ("before", "after"))
        cameras = self._cameras()
        if not cameras:
            raise OperatorError(_("A bookmark needs a camera; choose a pane that shows one."))
        return Bookmark(new_id(), at, at - before, at + after, cameras, operator=operator())

    def _cameras(self) -> tuple[Marked, ...]:
        """The selected camera first, then what else can be seen in this window."""
        here = self._shell.window()
        if here is None:
            return ()
        panes = panes_of(here)
        visible = panes if here.alone is None else panes[here.alone:here.alone + 1]
        ids = dict.fromkeys(filter(None, (selected_in(here), *(pane.camera for pane in visible))))
        found = (self._station.directory.by_id(camera) for camera in ids)
        return tuple(Marked(one.id, one.number, one.name) for one in found if one is not None)

    def _say(self, bookmark: Bookmark) -> None:
        zone = in_force(str(self._station.registry.settings.get("window.zone", "system")))
        unrecorded = [one for one in bookmark.cameras if one.id not in self._station.recording.taping]
        text = ngettext("Bookmark at {time}: {count} camera.", "Bookmark at {time}: {count} cameras.",
                        len(bookmark.cameras)).format(time=time_text(bookmark.at, zone), count=len(bookmark.cameras))
        if unrecorded:
            text += " " + ngettext("{count} of them is not being recorded.", "{count} of them are not being recorded.",
                                   len(unrecorded)).format(count=len(unrecorded))
        (self._shell.tell if unrecorded else self._shell.done)(text)

    def _open(self, bookmark: Bookmark) -> None:
        frame = self._shell.windows.active
        if frame is None:
            return
        popover = self._popovers.get(frame.window_id)
        if popover is None:
            popover = self._popovers[frame.window_id] = BookmarkPopover(frame)
            popover.closed.connect(frame.take_keyboard)
            popover.done.connect(self._described)
        settings = self._station.registry.settings
        zone = in_force(str(settings.get("window.zone", "system")))
        names = ", ".join(one.label for one in bookmark.cameras[:8]) + ("…" if len(bookmark.cameras) > 8 else "")
        categories = tuple(word.strip() for word in str(settings["bookmark.categories"]).split(",") if word.strip())
        popover.open(bookmark, f"{moment_text(bookmark.at, zone)} · {names}", categories, _CORNER)

    def _described(self, bookmark: Bookmark, fields: dict[str, Any]) -> None:
        known = self.book.by_id(bookmark.id) or bookmark
        self.book.save(replace(known, **fields), operator())

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if TABLE in tables:
            self.book.refresh()

    def _retranslate(self, _language: str) -> None:
        for popover in self._popovers.values():
            popover.retranslate()


def install(shell: Shell) -> BookmarkDesk:
    """The row of widgets/features.py."""
    return BookmarkDesk(shell)
