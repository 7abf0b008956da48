"""The presets of the cameras that turn, as the registry knows them: what a tour may stop at.

Runs on: GUI thread; the registry answers on its lane.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.devices.asker import FACT, facts_from
from app.model.device import Preset
from app.registry.registry import Registry
from app.runtime.language import gettext as _
from widgets.common import hop_to_gui
from widgets.common.later import Later
from widgets.window.seam import Lane

NAMES = "ptz.names"             # names that operators gave (widgets.ptz.keeping)


class KnownPresets(QObject):
    """``changed`` when they arrived or became others. Nothing is known before the first answer."""

    changed = Signal()

    def __init__(self, registry: Lane, later: Later, parent: QObject) -> None:
        super().__init__(parent)
        self._registry, self._later = registry, later
        self._known: Mapping[str, tuple[Preset, ...]] = {}
        hop_to_gui(registry.tables_changed, self._tables_changed, self)
        self.refresh()

    def of(self, camera: str) -> tuple[Preset, ...]:
        """In the order of the device; () for a camera that has none or was never asked."""
        return self._known.get(camera, ())

    def name(self, camera: str, token: str) -> str:
        """What operators or the device call it."""
        found = next((preset.name for preset in self.of(camera) if preset.token == token), "")
        return found or _("Preset {number}").format(number=token)

    def refresh(self) -> None:
        """Asks the registry again."""
        def done(outcome: Any) -> None:
            if outcome.error is None:
                self._later(lambda: self._take(outcome.value))
        self._registry.submit(_read, done, replaces="tours.presets")

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if "device_facts" in tables:
            self.refresh()

    def _take(self, known: Mapping[str, tuple[Preset, ...]]) -> None:
        if known != self._known:
            self._known = known
            self.changed.emit()


def _read(registry: Registry) -> Mapping[str, tuple[Preset, ...]]:
    names = {camera: fact.value for camera, fact in registry.device_facts.named(NAMES).items()
             if isinstance(fact.value, dict)}
    found = {}
    for camera, fact in registry.device_facts.named(FACT).items():
        facts = facts_from(fact.value)
        if facts is not None and facts.turns and facts.presets:
            given = names.get(camera, {})
            found[camera] = tuple(replace(preset, name=str(given.get(preset.token, preset.name)))
                                  for preset in facts.presets)
    return found
