"""Every setting, declared once: key, type, default, bounds, title. Where they are kept is the registry's business.

Runs on: any thread; nothing here changes after import. Titles are translated when shown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

type Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``kind`` is bool, int, float or str; ``least``/``most`` bound numbers, ``choices`` bounds texts."""

    key: str
    kind: type
    default: Value
    title: str
    least: float = -math.inf
    most: float = math.inf
    choices: tuple[str, ...] = ()


SETTINGS: tuple[Setting, ...] = (
    # The defaults of app.video.freshness.Limits.
    Setting("freshness.live_seconds", float, 1.5, N_("A picture counts as live for (seconds)"), 0.5, 10.0),
    Setting("freshness.late_seconds", float, 1.5, N_("A picture is late when behind by (seconds)"), 0.3, 10.0),
    Setting("freshness.frozen_seconds", float, 3.0, N_("A picture is frozen without news for (seconds)"), 1.0, 60.0),
    # What libVLC holds back against jitter (file-caching); each millisecond is delay on the screen. Measured good from
    # 20 on when the feed marks the end of each picture.
    Setting("decoder.caching_ms", int, 30, N_("Picture buffer (milliseconds)"), 20, 2000),
    Setting("decoder.hardware", bool, True, N_("Decode large pictures on the graphics card, where there is one")),
    Setting("window.language", str, "system", N_("Language"), choices=("system", "id", "en")),
    Setting("window.theme", str, "dark", N_("Theme"), choices=("dark", "light")),
    Setting("window.zone", str, "system", N_("Time zone"), choices=("system", "WIB", "WITA", "WIT")),
    Setting("pane.header", str, "always", N_("Pane header"), choices=("always", "hover", "wrong")),
    Setting("pane.wheel", str, "digital", N_("Mouse wheel on a PTZ pane"), choices=("digital", "optical")),
    Setting("pane.fit", str, "fit", N_("Picture in its pane"), choices=("fit", "fill", "stretch")),
    # Pane heights in device pixels: up to the low one the sub stream is enough, from the high one on main is taken
    # again; between them the stream stays. Nx Witness: 240 lines / 1.4, and 1.34 times that (app.video.choice).
    Setting("stream.low_pixels", int, 171, N_("Small stream up to a pane height of (pixels)"), 64, 4320),
    Setting("stream.high_pixels", int, 229, N_("Large stream from a pane height of (pixels)"), 64, 4320),
)

BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}


def declared(key: str) -> Setting:
    """The setting of that key. Raises OperatorError when there is none."""
    if key not in BY_KEY:
        raise OperatorError(_("There is no setting {key}.").format(key=key))
    return BY_KEY[key]


def checked(key: str, value: object) -> Value:
    """The value in the setting's own type. Raises OperatorError with a sentence when it is of no use."""
    setting = declared(key)
    if setting.kind is bool or setting.kind is str:
        if not isinstance(value, setting.kind):
            raise OperatorError(_wrong_type(setting))
        if setting.choices and value not in setting.choices:
            raise OperatorError(_("{title}: choose one of {choices}.").format(
                title=_(setting.title), choices=", ".join(setting.choices)))
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise OperatorError(_wrong_type(setting))
    if setting.kind is int and value != int(value):
        raise OperatorError(_wrong_type(setting))
    if not setting.least <= value <= setting.most:
        raise OperatorError(_("{title}: from {least:g} to {most:g}.").format(
            title=_(setting.title), least=setting.least, most=setting.most))
    return int(value) if setting.kind is int else float(value)


def from_json(key: str, text: str) -> Value | None:
    """What was kept, or None when it no longer makes sense (edited by hand, or written by another version)."""
    try:
        return checked(key, json.loads(text))
    except (OperatorError, ValueError, RecursionError):
        return None


def _wrong_type(setting: Setting) -> str:
    if setting.kind is bool:
        return _("{title}: yes or no.").format(title=_(setting.title))
    if setting.kind is str:
        return _("{title}: a text is needed.").format(title=_(setting.title))
    if setting.kind is int:
        return _("{title}: a whole number is needed.").format(title=_(setting.title))
    return _("{title}: a number is needed.").format(title=_(setting.title))
