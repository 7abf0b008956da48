"""What features add to the windows besides panels and pages: one line per feature, installed in this order."""

from __future__ import annotations

import widgets.settings.live
from widgets.window.shell import Install

INSTALLS: tuple[Install, ...] = (
    widgets.settings.live.install,
)
