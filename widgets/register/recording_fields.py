"""When a camera is recorded, as fields of its form and of that of a rule: mode, hours, days, stream, priority. No Qt.

A rule stands in a setting, not in the camera's row: what is typed here changes the setting, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.model.camera import Camera, StreamRole
from app.model.edit import Beside
from app.recording.hours import hours_of, in_words
from app.recording.rules import MOST_DAYS, Fields, Mode, Priority, Rule, Scope, from_text, of_cameras, to_text
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

SETTING = "recording.rules"
MODE, HOURS, DAYS = "recording", "recording_hours", "recording_days"
STREAM, PRIORITY, SOUND = "recording_stream", "recording_priority", "recording_sound"
KEYS = (MODE, HOURS, DAYS, STREAM, PRIORITY, SOUND)
AUTO = "auto"                   # of stream and priority: nothing said; "" is what no list of choices has
DEFAULT = "default"             # no rule of its own
CHOICES = ((DEFAULT, N_("as its tag, its area or all")), (Mode.ALWAYS.value, N_("always")),
           (Mode.SCHEDULE.value, N_("in hours")), (Mode.EVENT.value, N_("around events")),
           (Mode.WALL.value, N_("while on a wall")), (Mode.NEVER.value, N_("never")))
STREAMS = ((AUTO, N_("the one that is shown, else the small one")), (StreamRole.SUB.value, N_("small")),
           (StreamRole.MAIN.value, N_("main")))
PRIORITIES = ((AUTO, N_("as its kind of rule")), (Priority.FIRST.value, N_("given up first")),
              (Priority.LAST.value, N_("given up last")))
OFF, ON = "off", "on"
SOUNDS = ((OFF, N_("not recorded")), (ON, N_("recorded")))


@lru_cache(maxsize=4)
def _own(text: str) -> Mapping[str, Rule]:
    return {rule.of: rule for rule in from_text(text) if rule.scope is Scope.CAMERA}


def texts_of(cameras: Iterable[Camera], rules: str) -> dict[str, set[str]]:
    """By field what these cameras have. ``rules``: the setting's text."""
    own = _own(rules)
    found: dict[str, set[str]] = {key: set() for key in KEYS}
    for rule in {own.get(camera.id) for camera in cameras}:
        for key, text in texts_of_rule(rule).items():
            found[key].add(text)
    return found


def texts_of_rule(rule: Rule | None) -> dict[str, str]:
    """By field what a rule says; None: there is none."""
    if rule is None:
        return {MODE: DEFAULT, HOURS: "", DAYS: "", STREAM: AUTO, PRIORITY: AUTO, SOUND: OFF}
    return {MODE: rule.mode.value, HOURS: in_words(rule.hours), DAYS: str(rule.days or ""),
            STREAM: rule.stream.value if rule.stream is not None else AUTO, PRIORITY: rule.priority.value or AUTO,
            SOUND: ON if rule.sound else OFF}


def in_use(mode: str) -> Mapping[str, bool]:
    """Whether the other fields make sense beside a mode; "" is that of cameras that differ."""
    records = mode not in (DEFAULT, Mode.NEVER)
    return {HOURS: mode == Mode.SCHEDULE, DAYS: records, STREAM: records, PRIORITY: records, SOUND: records}


def fields_of(draft: Mapping[str, str]) -> Fields:
    """What the texts that were typed, by field, change of a rule beside its mode."""
    found = Fields()
    if HOURS in draft:
        found["hours"] = draft[HOURS]
    if DAYS in draft:
        found["days"] = int(draft[DAYS] or 0)
    if STREAM in draft:
        found["stream"] = None if draft[STREAM] == AUTO else StreamRole(draft[STREAM])
    if PRIORITY in draft:
        found["priority"] = Priority.NORMAL if draft[PRIORITY] == AUTO else Priority(draft[PRIORITY])
    if SOUND in draft:
        found["sound"] = draft[SOUND] == ON
    return found


def note(key: str, text: str) -> str:
    """What whoever chooses this has to know, as a sentence, or ""."""
    if key == SOUND and text == ON:
        return _("Recording conversations needs a legal basis under the law on personal data (UU PDP) and the law on "
                 "electronic information (UU ITE); without one leave sound off.")
    return ""


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
    """What the draft makes of the rules in ``text``; nothing when none of the fields was touched.

    Raises OperatorError with a sentence.
    """
    if draft.keys().isdisjoint(KEYS):
        return ()
    mode = draft.get(MODE)
    rules, changed = of_cameras(
        from_text(text), [camera.id for camera in cameras], None if mode in (None, DEFAULT) else Mode(mode),
        keep_mode=mode is None, **fields_of(draft))
    return (Beside(SETTING, to_text(rules), changed),) if changed else ()
