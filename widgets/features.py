"""What features add to the windows besides panels and pages: one line per feature, installed in this order."""

from __future__ import annotations

from widgets.window.shell import Install

INSTALLS: tuple[Install, ...] = ()
