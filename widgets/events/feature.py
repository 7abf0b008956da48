"""Events in the windows: who is listened to, and that alarmed panes bear a mark and keep their pictures longest.

Runs on: GUI thread; the listening happens in a process (app.devices.listening), its thread only hops.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QObject, QTimer

from app.devices.asker import FACT, facts_from
from app.devices.listener import Listener
from app.events.hearing import Policy, policy_of, wanted
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.model.event import CameraEvent, EventKind
from app.model.secret import Credentials
from app.registry.lane import Outcome
from app.registry.registry import Registry
from app.runtime.certificates import CAUSES
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.zone import in_force
from app.video.engine import PaneKey, Want
from app.wall.transitions import panes_of
from widgets.bookmarks.times import time_text
from widgets.common.hop import Hop, hop_to_gui
from widgets.events.words import kind_text, sentence
from widgets.palette.offers import Offer, OfferGroup
from widgets.theme.icons import EVENT
from widgets.wall.strip import Badges
from widgets.window.shell import Shell

log = logging.getLogger("lawang.devices")

LOOK_MS = 1000              # alarms end within a second of their time
SETTLED_MS = 700            # a wall that is leafed through is listened to when it rests
AGAIN_LOOKS = 10            # looks between two comparisons with the register: a login that was changed
LISTED = 200                # newest events that the palette is asked for at each letter
LINE_S = 2                  # looks between two lines: what happens meanwhile is counted in one


class EventDesk(QObject):
    """Everything about events that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        station = shell.station
        self.alarms = station.alarms
        self.listener = Listener()
        self._facts: dict[str, DeviceFacts] | None = None       # None until the register told what it knows
        self._tagged: tuple[str, ...] = ()
        self._policy = policy_of(station.registry.settings)
        self._unlearned: deque[str] = deque()                   # at most policy.most
        self._learning = ""
        self._reread: set[str] = set()                          # of whom the register was asked a second time
        self._tried: dict[str, tuple[str, Credentials]] = {}    # address and login with which each was asked
        self._news: deque[CameraEvent] = deque(maxlen=64)
        self._looks = 0
        self._came: SignalInstance = SignalInstance((object,), name="event_facts")
        self._hops: list[Hop] = []
        self._bind()
        shell.overlays.offers.append(OfferGroup(lambda: _("What cameras noticed"), self._offers))
        shell.badges.contribute(self._badge)
        shell.demand.amend.append(self._important)
        self._hops.append(hop_to_gui(self._came, self._take, self))
        self._hops.append(hop_to_gui(self.alarms.changed, self._changed, self))
        self._hops.append(hop_to_gui(self.alarms.began, self._began, self))
        self._hops.append(hop_to_gui(self.listener.deaf, self._deaf, self))
        self._hops.append(hop_to_gui(shell.asker.learned, self._learned, self))
        self._hops.append(hop_to_gui(shell.asker.failed, self._failed, self))
        self._hops.append(hop_to_gui(station.registry.settings_changed, self._settings_changed, self))
        self._hops.append(hop_to_gui(station.registry.tables_changed, self._tables_changed, self))
        self.listener.noticed.connect(self.alarms.take)
        self._rest = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._rest.setObjectName("events settle")
        self._rest.timeout.connect(self.follow)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.setObjectName("events look")
        self._look.timeout.connect(self._tick)
        station.wall.changed.connect(self._wall_changed)
        self._look.start()
        self._read()

    def close(self) -> None:
        """Before the windows go; every subscription is given back."""
        self._look.stop()
        self._rest.stop()
        for hop in self._hops:          # what the workers still say on their way out is for nobody
            hop.stop()
        self._station.wall.changed.disconnect(self._wall_changed, missing_ok=True)
        self.listener.noticed.disconnect(self.alarms.take, missing_ok=True)
        self.listener.close()

    # --- whose events ---

    def follow(self) -> None:
        """Listen to those who are to be heard now, and to no others; learn those that nobody asked yet, one by one."""
        if self._facts is None:
            return
        shown = [pane.camera for window in self._station.wall.state.windows for pane in panes_of(window)]
        cameras = wanted(self._policy, shown, self._tagged, self._station.directory.by_id)
        known: dict[str, tuple[Camera, DeviceFacts]] = {}
        self._unlearned.clear()
        for camera in cameras:
            facts = self._facts.get(camera.id)
            if facts is None or facts.address != camera.device.service:
                if self._tried.get(camera.id) != (camera.device.service, camera.credentials):
                    self._unlearned.append(camera.id)
            elif facts.events and (camera.id in self.listener.cameras
                                   or not self._shell.asker.refusals.tries(camera)):
                known[camera.id] = (camera, facts)
        self.listener.hear(known)
        fresh = set(self._unlearned) - self._reread
        if fresh:               # a search of the network may have added them with all that they told
            self._reread |= fresh
            self._read()
        else:
            self._learn_next()

    def _learn_next(self) -> None:
        while self._unlearned and not self._learning:
            camera = self._station.directory.by_id(self._unlearned.popleft())
            if camera is not None:
                self._tried[camera.id] = camera.device.service, camera.credentials
                if self._shell.asker.ask(camera):
                    self._learning = camera.id

    def _learned(self, camera: str, facts: DeviceFacts) -> None:
        if self._facts is not None:
            self._facts[camera] = facts
            self._rest.start()
        self._asked(camera)

    def _failed(self, camera: str, _cause: str) -> None:
        self._asked(camera)

    def _asked(self, camera: str) -> None:
        if camera == self._learning:
            self._learning = ""
            self._learn_next()

    def _read(self) -> None:
        tags = self._policy.tags

        def work(registry: Registry) -> tuple[dict[str, Any], tuple[str, ...]]:
            # 60,000 cameras are looked through on the registry's thread.
            tagged = tuple(one.id for one in self._station.directory.all() if tags & set(one.tags)) if tags else ()
            return registry.device_facts.named(FACT), tagged
        self._station.registry.submit(work, self._came.emit, replaces="event facts")

    def _take(self, outcome: Outcome[tuple[dict[str, Any], tuple[str, ...]]]) -> None:
        if outcome.value is None:
            return
        kept, self._tagged = outcome.value
        found = {camera: facts_from(fact.value) for camera, fact in kept.items()}
        self._facts = {camera: facts for camera, facts in found.items() if facts is not None}
        self.follow()

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if "cameras" in tables and self._policy.tags:
            self._read()

    def _settings_changed(self, settings: Any) -> None:
        before: Policy = self._policy
        self._policy = policy_of(settings)
        if self._policy.tags != before.tags:
            self._read()
        elif self._policy != before:
            self.follow()

    def _wall_changed(self, *_state: object) -> None:
        self._rest.start()

    def _deaf(self, camera_id: str, cause: str, detail: str) -> None:
        log.info("no events from camera %s (%s)", camera_id, cause)
        camera = self._station.directory.by_id(camera_id)
        if camera is not None and cause in ("unauthorised", "forbidden", *CAUSES):
            self._shell.asker.refused_elsewhere(camera, cause, detail)

    # --- what is shown ---

    def _tick(self) -> None:
        self.alarms.tick()
        self._looks += 1
        if self._looks % AGAIN_LOOKS == 0:
            self.follow()
        if self._looks % LINE_S == 0 and self._news:
            self._say()

    def _began(self, event: CameraEvent) -> None:
        """A street moves all day: motion marks its pane and stands in the list, the line is for what is rare."""
        camera = self._station.directory.by_id(event.camera)
        log.info("camera %s noticed %s at %s", camera.label if camera is not None else event.camera, event.kind.value,
                 event.source or "-")
        if event.kind is not EventKind.MOTION:
            self._news.append(event)
            if len(self._news) == 1:
                self._say()

    def _say(self) -> None:
        first, count = self._news[0], len(self._news)
        self._news.clear()
        text = sentence(first.kind, self._station.directory.by_id(first.camera))
        if count > 1:
            text += " " + ngettext("And {count} more.", "And {count} more.", count - 1).format(count=count - 1)
        self._shell.tell(text)

    def _changed(self, _alarmed: frozenset[str]) -> None:
        self._shell.badges.refresh()
        self._shell.demand.mark()

    def _badge(self, _key: PaneKey, camera: str) -> Badges | None:
        alarm = self.alarms.of(camera)
        return Badges(event=kind_text(alarm.kind)) if alarm is not None else None

    def _important(self, _key: PaneKey, want: Want) -> Want:
        """Of a machine that does not follow, alarmed panes give up last (app.video.economy)."""
        if want.camera.id in self.alarms.alarmed and not want.important:
            return replace(want, important=True)
        return want

    def _offers(self) -> Iterable[Offer]:
        """The list of this session in the palette, the newest first; Enter shows the camera."""
        zone = in_force(str(self._station.registry.settings.get("window.zone", "system")))
        for entry in self.alarms.entries[:LISTED]:
            event = entry.event
            camera = self._station.directory.by_id(event.camera)
            if camera is not None:
                said = time_text(int(event.at * 1e6), zone)
                yield Offer(f"{camera.label}  {camera.name}: {kind_text(event.kind)}", "event.show",
                            {"camera": camera.id}, symbol=EVENT,
                            also=f"{said} · {_('acknowledged')}" if entry.acknowledged else said)

    # --- commands ---

    def _bind(self) -> None:
        self._station.dispatcher.bind("event.acknowledge", self._acknowledge)
        self._station.dispatcher.bind("event.acknowledge_all", self._acknowledge_all)
        self._station.dispatcher.bind("event.show", lambda camera: self._shell.desk.put(self._shell.active(), camera))

    def _acknowledge(self, **_pane: object) -> None:
        """Raises OperatorError when there is nothing."""
        if not self.alarms.acknowledge(self._selected()):
            raise OperatorError(_("This camera noticed nothing that is open."))

    def _acknowledge_all(self) -> None:
        count = len(self.alarms.alarmed)
        if not self.alarms.acknowledge():
            raise OperatorError(_("No camera noticed anything that is open."))
        self._shell.done(ngettext("Acknowledged: {count} camera.", "Acknowledged: {count} cameras.", count).format(
            count=count))

    def _selected(self) -> str:
        """The selected camera; one that nobody can have, when there is none: "" would mean all."""
        return self._shell.selected() or "-"


def install(shell: Shell) -> EventDesk:
    """The row of widgets/features.py."""
    return EventDesk(shell)
