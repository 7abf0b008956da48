"""When a camera is recorded, as three fields of its form: the camera's own rule, its hours, for how many days. No Qt.

A rule stands in a setting, not in the camera's row: what is typed here changes the setting, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.model.camera import Camera
from app.model.edit import Beside
from app.recording.hours import hours_of
from app.recording.rules import MOST_DAYS, Mode, Rule, Scope, from_text, of_cameras, to_text
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

SETTING = "recording.rules"
MODE, HOURS, DAYS = "recording", "recording_hours", "recording_days"
DEFAULT = "default"             # no rule of its own
CHOICES = ((DEFAULT, N_("as its tag, its area or all")), (Mode.ALWAYS.value, N_("always")),
           (Mode.SCHEDULE.value, N_("in hours")), (Mode.EVENT.value, N_("around events")),
           (Mode.WALL.value, N_("while on a wall")), (Mode.NEVER.value, N_("never")))


@lru_cache(maxsize=4)
def _own(text: str) -> Mapping[str, Rule]:
    return {rule.of: rule for rule in from_text(text) if rule.scope is Scope.CAMERA}


def texts_of(cameras: Iterable[Camera], rules: str) -> dict[str, set[str]]:
    """By field what these cameras have. ``rules``: the setting's text."""
    own = _own(rules)
    found: dict[str, set[str]] = {MODE: set(), HOURS: set(), DAYS: set()}
    for camera in cameras:
        rule = own.get(camera.id)
        found[MODE].add(rule.mode.value if rule is not None else DEFAULT)
        found[HOURS].add(rule.hours if rule is not None else "")
        found[DAYS].add(str(rule.days) if rule is not None and rule.days else "")
    return found


def in_use(mode: str) -> Mapping[str, bool]:
    """Whether the other two fields make sense beside a mode; "" is that of cameras that differ."""
    return {HOURS: mode == Mode.SCHEDULE, DAYS: mode not in (DEFAULT, Mode.NEVER)}


def refused(key: str, text: str) -> str:
    """Why a text is of no use, as a sentence, or "". Raises OperatorError with such a sentence too."""
    if key == HOURS and text:
        hours_of(text)
    elif key == DAYS and text and not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_DAYS):
        return _("Recordings are kept for 1 to {most} days.").format(most=MOST_DAYS)
    return ""


def missing(mode: str, hours: str) -> str:
    """What a mode lacks, as a sentence, or ""."""
    if mode == Mode.SCHEDULE and not hours.strip():
        return _("A schedule needs hours, such as mon-fri 07:00-18:00.")
    return ""


def beside(text: str, cameras: Sequence[Camera], draft: Mapping[str, str]) -> tuple[Beside, ...]:
    """What the draft makes of the rules in ``text``; nothing when none of the three fields was touched.

    Raises OperatorError with a sentence.
    """
    if not draft.keys() & {MODE, HOURS, DAYS}:
        return ()
    mode = draft.get(MODE)
    days, hours = draft.get(DAYS), draft.get(HOURS)
    rules, changed = of_cameras(
        from_text(text), [camera.id for camera in cameras], None if mode in (None, DEFAULT) else Mode(mode),
        keep_mode=mode is None, days=None if days is None else int(days or 0), hours=hours)
    return (Beside(SETTING, to_text(rules), changed),) if changed else ()
