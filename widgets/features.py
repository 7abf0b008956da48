"""What features add to the windows besides panels and pages: one line per feature, installed in this order."""

from __future__ import annotations

import widgets.bookmarks.feature
import widgets.budget.feature
import widgets.discovery.trusting
import widgets.events.feature
import widgets.evidence.feature
import widgets.evidence.zones
import widgets.exchange.feature
import widgets.kiosk.kiosk
import widgets.playback.feature
import widgets.ptz.feature
import widgets.recording.feature
import widgets.register.feature
import widgets.scenes.install
import widgets.settings.docks
import widgets.settings.live
import widgets.tours.feature
import widgets.window.paging
import widgets.window.unsaved
import widgets.window.vigil
from widgets.window.shell import Install

INSTALLS: tuple[Install, ...] = (
    widgets.window.paging.install,
    widgets.register.feature.install,
    widgets.exchange.feature.install,
    widgets.settings.live.install,
    widgets.settings.docks.install,
    widgets.scenes.install.install,
    widgets.tours.feature.install,
    widgets.discovery.trusting.install,         # before whoever asks devices
    widgets.ptz.feature.install,
    widgets.events.feature.install,
    widgets.bookmarks.feature.install,
    widgets.playback.feature.install,
    widgets.recording.feature.install,
    widgets.evidence.feature.install,
    widgets.evidence.zones.install,
    widgets.budget.feature.install,
    widgets.kiosk.kiosk.install,
    widgets.window.vigil.install,
    widgets.window.unsaved.install,
)
