"""The search panel at the foot of the register page: asks the network, shows who answers, adds what is ticked.

Runs on: GUI thread. The search and the logins happen in a worker process (app.devices.searcher), SQL on the registry
lane. Nothing here is modal; nobody is sent a password before the operator ticked him and pressed the button.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidgetItem, QWidget

from app.devices.adding import Added, channels_of
from app.devices.known import KnownDevices
from app.devices.ranges import Interface, interfaces, ports_in
from app.devices.searcher import Searcher
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.model.found import Asked, FoundDevice, Search
from app.model.secret import Credentials, Secret
from app.registry.directory import CameraDirectory
from app.registry.lane import Outcome
from app.registry.registry import Registry
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.common import hop_to_gui
from widgets.common.hop import Hop
from widgets.discovery.frame import DiscoveryFrame
from widgets.discovery.registering import keep, missing_of, sources
from widgets.register.asking import Asking
from widgets.theme import Theme
from widgets.window.seam import Lane

log = logging.getLogger("lawang.devices")

_ADDRESS = Qt.ItemDataRole.UserRole
_MOST_LINES = 4             # of what was asked, above the button; the tool tip has them all
_FIRST = 101                # the first call-up number of an empty register


class DiscoveryPanel(DiscoveryFrame):
    """``closed``: Esc or the cross; ``added`` carries how many cameras. Call ``shut`` when the page goes."""

    closed = Signal()
    added = Signal(int)

    def __init__(self, lane: Lane, directory: CameraDirectory, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._directory = directory
        self._asking = Asking(lane, self)
        self._holder: dict[str, Searcher | None] = {"now": None}
        self._hops: list[Hop] = []
        self._known = KnownDevices(())
        self._asked: dict[str, Asked] = {}
        self._login = Credentials()
        self._shown: dict[str, tuple[str, str]] = {}        # device -> why its certificate was refused, and which
        self._pins: dict[str, str] = {}                     # device -> the certificate that the operator trusts
        self._waiting: set[str] = set()
        self._learned: list[tuple[str, str, DeviceFacts]] = []      # key, name as found, facts
        self._said: Callable[[], str] = str
        self._tone = "quiet"
        self.table.ticks_changed.connect(self._refresh)
        self.search_button.clicked.connect(self._search_or_stop)
        self.ranges.returnPressed.connect(self.search)
        self.ports.returnPressed.connect(self.search)
        self.add_button.clicked.connect(self.add)
        for field in (self.user, self.password, self.area, self.number):
            field.returnPressed.connect(self.add)
        self.found.onward.connect(lambda: self.user.setFocus(Qt.FocusReason.OtherFocusReason))
        self.trust.trusted.connect(self._trust)
        self.close_button.clicked.connect(self.leave)
        holder = self._holder           # the panel has gone by then; its process must not outlive the window
        self.destroyed.connect(lambda: _end(holder))
        self.retranslate()

    def open(self) -> None:
        """Shows the interfaces of this moment; nothing is asked yet."""
        self._asking.ask(lambda _registry: interfaces(), self._show_interfaces, replaces="interfaces")
        self.number.setText(str(max((camera.number for camera in self._directory.all()), default=_FIRST - 1) + 1))
        self.interfaces.setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Asks the ticked interfaces and the ranges that were typed."""
        chosen = [item.data(_ADDRESS) for item in self._items() if item.checkState() is Qt.CheckState.Checked]
        ranges = [text.strip() for text in self.ranges.text().replace(";", ",").split(",") if text.strip()]
        if not chosen and not ranges:
            self._say(lambda: _("Tick an interface, or write a range of addresses."), "red")
            return
        try:
            wanted = Search(tuple(chosen), tuple(ranges), ports_in(self.ports.text()) or Search().ports)
        except OperatorError as error:
            self._refuse(error)
            return
        cameras = self._directory.all()
        # 60,000 cameras are arranged in half a second: on the registry's thread.
        self._asking.ask(lambda registry: KnownDevices(cameras, sources(registry)),
                         lambda outcome: self._start(wanted, outcome), replaces="discovery-known")

    def _start(self, wanted: Search, outcome: Outcome[KnownDevices]) -> None:
        if outcome.value is None or not self.isVisible():
            return
        try:
            self._worker().start(wanted)
        except OperatorError as error:
            self._refuse(error)
            return
        self.table.clear()
        self._asked.clear()
        self._known = outcome.value
        self._say(lambda: _("Asking…"))

    def _refuse(self, error: OperatorError) -> None:
        text = str(error)
        self._say(lambda: text, "red")

    def add(self) -> None:
        """Logs in to the ticked devices, and to no other, and adds what they are."""
        chosen = self.table.ticked()
        if not chosen or self._waiting:
            return
        if not self.number.text() or int(self.number.text()) < 1:
            self._say(lambda: _("Write the number of the first new camera."), "red")
            return
        self._login = Credentials(self.user.text().strip(), Secret(self.password.text()))
        self._learned.clear()
        asked = self._worker().log_in(chosen, self._login, self._pins)
        self._waiting = set(asked)
        for device in chosen:
            row = self.table.row(device.key)
            if row is not None:
                row.asking = device.key in self._waiting
                row.cause = "" if row.asking else self._shown.get(device.key, ("unauthorised", ""))[0]
                self.table.show_row(device.key)
        if asked:
            self._say(lambda: _("Logging in…"))
        else:
            self._say(lambda: _("They refused this password before. Give another one."), "red")

    def leave(self) -> None:
        """Gives the search up, forgets the password, ends the worker, and says that the panel may go."""
        self.shut()
        self.password.clear()
        self._login = Credentials()
        self.closed.emit()

    def shut(self) -> None:
        """Ends the worker process; it is started again by the next search."""
        searcher, self._holder["now"] = self._searcher, None
        for hop in self._hops:
            hop.stop()
            hop.deleteLater()
        self._hops.clear()
        if searcher is not None:
            for key in self._waiting:
                self._row_ended(key, "")
            self._waiting.clear()
            searcher.end()
            self._say(str)

    def retranslate(self) -> None:
        self.retranslate_frame()
        self._tell_asked()
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) \
                and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.add()                          # from wherever the keyboard is, as in the import
        else:
            super().keyPressEvent(event)

    # --- what came ---

    @property
    def _searcher(self) -> Searcher | None:
        return self._holder["now"]

    def _worker(self) -> Searcher:
        made = self._searcher
        if made is None:
            made = self._holder["now"] = Searcher()
            for signal, slot in ((made.found, self._on_found), (made.asked, self._on_asked),
                                 (made.ended, self._on_ended), (made.learned, self._on_learned),
                                 (made.certificate, self._on_certificate), (made.failed, self._on_failed)):
                self._hops.append(hop_to_gui(signal, slot, self))
        return made

    def _show_interfaces(self, outcome: Outcome[tuple[Interface, ...]]) -> None:
        before = {item.data(_ADDRESS): item.checkState() for item in self._items()}
        self.interfaces.clear()
        for one in outcome.value or ():
            item = QListWidgetItem(f"{one.name}  {one.address}  ({one.network})")
            item.setData(_ADDRESS, one.address)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            # A network of cameras is seldom this machine itself; a demo city is.
            first = Qt.CheckState.Unchecked if one.loopback else Qt.CheckState.Checked
            item.setCheckState(before.get(one.address, first))
            self.interfaces.addItem(item)
        if self.interfaces.count():
            self.interfaces.setCurrentRow(0)

    def _on_found(self, device: FoundDevice) -> None:
        there, known = self._known.found(device), self._known
        self.table.take(device, there)
        if there is not None:       # of a recorder perhaps not all channels: what was learned of it is in the register
            self._asking.ask(lambda registry: missing_of(registry, there, known),
                             lambda outcome: self._of_recorder(known, device.key, outcome))
        if len(self.table.rows) == 1:
            self.found.setCurrentIndex(self.table.index(0, 0))
        self._refresh()

    def _of_recorder(self, known: KnownDevices, key: str, outcome: Outcome[tuple[int, tuple[Camera, ...]]]) -> None:
        row = self.table.row(key)
        if outcome.value is not None and row is not None and known is self._known and not row.added:
            row.channels, row.cameras = outcome.value
            self.table.show_row(key)
            self._refresh()

    def _on_asked(self, asked: Asked) -> None:
        self._asked[asked.what] = asked
        self._tell_asked()

    def _on_ended(self, broken: bool) -> None:
        if broken:
            self._say(lambda: _("The search broke off. Start it again."), "red")
        else:
            self._say(self._count)

    def _on_learned(self, key: str, facts: DeviceFacts) -> None:
        if key in self._waiting:
            # Without a row another search was started meanwhile; it is added all the same.
            row = self.table.row(key)
            if row is not None:
                row.channels = max(len(channels_of(facts)), 1)
            self._learned.append((key, row.device.name if row is not None else "", facts))
            self._answered(key, "")

    def _on_certificate(self, key: str, cause: str, pin: str) -> None:
        self._shown[key] = cause, pin

    def _trust(self) -> None:
        """The operator compared the fingerprint that stands there: log in again, to this device and the ticked ones."""
        key = next(iter(self._untrusted()), "")
        if key and not self._waiting:
            self._pins[key] = self._shown.pop(key)[1]
            if not self._untrusted():       # one after the other; then all that are ticked at once
                self.add()
            self._refresh()

    def _untrusted(self) -> list[str]:
        """Ticked devices whose certificate waits for a word, in the order of the table."""
        return [row.device.key for row in self.table.rows if row.ticked and row.free and row.device.key in self._shown]

    def _on_failed(self, key: str, cause: str) -> None:
        if key in self._waiting:
            self._answered(key, cause)

    def _answered(self, key: str, cause: str) -> None:
        self._waiting.discard(key)
        if cause:
            self._row_ended(key, cause)
        if not self._waiting:
            self._keep()

    def _row_ended(self, key: str, cause: str) -> None:
        row = self.table.row(key)
        if row is not None:
            row.asking, row.cause = False, cause
            row.ticked = row.ticked and bool(cause)
            self.table.show_row(key)

    def _keep(self) -> None:
        if not self._learned:
            self._say(lambda: _("Nobody let us in."), "red")
            return
        # In the order of the table, not of the answers: numbers follow what the operator sees.
        places = {row.device.key: place for place, row in enumerate(self.table.rows)}
        learned = sorted(self._learned, key=lambda one: places.get(one[0], len(places)))
        login, first = self._login, int(self.number.text() or _FIRST)
        area = tuple(part.strip() for part in self.area.text().replace("/", ">").split(">") if part.strip())

        def work(registry: Registry) -> Added:
            return keep(registry, [(name, facts) for _key, name, facts in learned], login, first, area)
        if not self._asking.ask(work, lambda outcome: self._kept(learned, outcome)):
            self._say(lambda: _("The registry is busy. Try again in a moment."), "red")
            for key, _name, _facts in learned:
                self._row_ended(key, "")

    def _kept(self, learned: list[tuple[str, str, DeviceFacts]], outcome: Outcome[Added]) -> None:
        for key, _name, _facts in learned:
            self._row_ended(key, "")
        if outcome.error is not None or outcome.value is None:
            text = str(outcome.error)
            self._say(lambda: text, "red")
            return
        made = outcome.value
        added = [(facts.address, camera) for camera, facts in made.cameras]
        for key, _name, facts in learned:
            row = self.table.row(key)
            if row is None:
                continue
            new = tuple(camera for address, camera in added if address == facts.address)
            there = tuple(camera for address, camera in made.passed if address == facts.address and camera is not None)
            row.added, row.cameras = bool(new), new or there
            row.known = next(iter(row.cameras), None)
            row.cause = "" if row.known else "no-video"
            self.table.show_row(key)
        count = len(made.cameras)
        refused = sum(bool(row.cause) for row in self.table.rows)
        self._say(lambda: " · ".join(text for text in (
            ngettext("{count} camera added", "{count} cameras added", count).format(count=count),
            ngettext("{count} not", "{count} not", refused).format(count=refused) if refused else "") if text),
            "green" if count and not refused else "quiet")
        if count:
            self.number.setText(str(max(camera.number for camera, _facts in made.cameras) + 1))
            self.added.emit(count)

    # --- inside ---

    def _search_or_stop(self) -> None:
        if self._searcher is not None and self._searcher.running:
            self._searcher.stop()
        else:
            self.search()

    def _items(self) -> list[QListWidgetItem]:
        return [self.interfaces.item(place) for place in range(self.interfaces.count())]

    def _count(self) -> str:
        count, new = len(self.table.rows), sum(row.known is None for row in self.table.rows)
        return ngettext("{count} device answered, {new} new", "{count} devices answered, {new} new", count).format(
            count=count, new=new)

    def _tell_asked(self) -> None:
        lines = []
        for one in self._asked.values():
            if one.cause:
                lines.append(_("{what}: not asked ({reason})").format(what=one.what, reason=one.cause))
            else:
                lines.append(_("{what}: {done} of {total}").format(what=one.what, done=one.done, total=one.total))
        shown = lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES - 1], "…"]
        self.asked.setText("\n".join(shown) if lines else _("Nothing was asked yet."))
        self.asked.setToolTip("\n".join(lines))

    def _say(self, said: Callable[[], str], tone: str = "quiet") -> None:
        self._said, self._tone = said, tone
        self._refresh()

    def _refresh(self, *_any: Any) -> None:
        running = self._searcher is not None and self._searcher.running
        self.say(f"{self._said()} · {self._count()}" if running and self.table.rows else self._said(), self._tone)
        self.search_button.setText(_("Stop") if running else _("Search"))
        count = len(self.table.ticked())
        self.add_button.setText(ngettext("Add {count} camera", "Add {count} cameras", count).format(count=count)
                                if count else _("Add"))
        self.add_button.setToolTip("" if count else _("Tick cameras to add"))
        self.add_button.setEnabled(bool(count) and not self._waiting)
        key = next(iter(self._untrusted()), "") if not self._waiting else ""
        row = self.table.row(key)
        self.trust.show_certificate(row.device.source if row is not None else "", *self._shown.get(key, ("", "")))
        self.nothing.setText(_("Nobody answered yet.") if running else _(
            "Searching sends no password to anybody. Only devices that you tick are logged in to."))
        self.nothing.setVisible(not self.table.rows)
        self.found.setVisible(bool(self.table.rows))


def _end(holder: dict[str, Searcher | None]) -> None:
    if (searcher := holder["now"]) is not None:
        searcher.end()
