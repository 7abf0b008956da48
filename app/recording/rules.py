"""Rules of recording: for one camera, a tag, an area or everything; the most specific wins. Pure.

A rule of a camera stands above one of a tag, that above one of an area (a narrow one above a wide one), that above one
of everything. Of two tags that say different things "never" wins, else the one that records more: what nobody may see
must not be recorded because somebody added a tag.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from typing import TypedDict, Unpack

from app.model.camera import Camera, StreamRole
from app.model.errors import OperatorError
from app.recording.hours import Hours, hours_of
from app.runtime.language import gettext as _

MOST = 2000                 # rules; areas and tags are there so that nobody writes one for each of 6,000 cameras
MOST_DAYS = 1826            # five years, two of them leap


class Mode(StrEnum):
    """When a camera is recorded to be kept."""

    ALWAYS = "always"
    SCHEDULE = "schedule"       # in its hours
    EVENT = "event"             # around events
    WALL = "wall"               # while on a wall
    NEVER = "never"             # not even its last minutes


class Priority(StrEnum):
    """What is given up when the disk is full or does not follow."""

    NORMAL = ""                 # as app.recording.policy ranks its mode
    FIRST = "first"             # right after what is thrown away after minutes anyway
    LAST = "last"               # together with what an event or a bookmark asks for


class Scope(StrEnum):
    """Whom a rule is for."""

    CAMERA = "camera"
    TAG = "tag"
    AREA = "area"
    ALL = "all"


_RANK = {Scope.ALL: 0, Scope.AREA: 100, Scope.TAG: 1000, Scope.CAMERA: 2000}
_OF_TAGS = (Mode.WALL, Mode.EVENT, Mode.SCHEDULE, Mode.ALWAYS, Mode.NEVER)      # the last wins


@dataclass(frozen=True, slots=True)
class Rule:
    """``of``: a camera's id, a tag, an area's path ("Makassar/Wajo"), "" for everything. ``days`` 0: as the settings
    say. ``hours`` of a schedule, in the camera's zone. ``stream``: this one, whatever
    panes show; None: the one that they show, else the small one. ``sound``: recorded too."""

    scope: Scope
    of: str
    mode: Mode
    days: int = 0
    hours: str = ""
    stream: StreamRole | None = None
    priority: Priority = Priority.NORMAL
    sound: bool = False

    @property
    def week(self) -> Hours:
        """Its hours; none when they were edited into nonsense."""
        return _week(self.hours)

    def fits(self, camera: Camera) -> bool:
        """Whether it is for this camera."""
        match self.scope:
            case Scope.CAMERA:
                return camera.id == self.of
            case Scope.TAG:
                return self.of in camera.tags
            case Scope.AREA:
                path = tuple(self.of.split("/"))
                return camera.area[:len(path)] == path
        return True

    @property
    def rank(self) -> int:
        """The higher wins."""
        return _RANK[self.scope] + (self.of.count("/") + 1 if self.scope is Scope.AREA else
                                    _OF_TAGS.index(self.mode) if self.scope is Scope.TAG else 0)


class Fields(TypedDict, total=False):
    """What of a rule may be changed beside its mode."""

    days: int
    hours: str
    stream: StreamRole | None
    priority: Priority
    sound: bool


@cache
def _week(text: str) -> Hours:
    try:
        return hours_of(text)
    except OperatorError:
        return Hours()


def winner(rules: Iterable[Rule], camera: Camera) -> Rule | None:
    """The rule that is in force for a camera; None: only its last minutes while it is on a wall."""
    return max((rule for rule in rules if rule.fits(camera)), key=lambda rule: rule.rank, default=None)


def checked(rule: Rule) -> Rule:
    """With hours in one spelling. Raises OperatorError with a sentence."""
    if not 0 <= rule.days <= MOST_DAYS:
        raise OperatorError(_("Recordings are kept for 1 to {most} days.").format(most=MOST_DAYS))
    if rule.scope is not Scope.ALL and not rule.of.strip():
        raise OperatorError(_("A rule needs a camera, a tag or an area."))
    hours = hours_of(rule.hours).text if rule.mode is Mode.SCHEDULE else ""
    of = "/".join(part.strip() for part in rule.of.split("/")) if rule.scope is Scope.AREA else rule.of.strip()
    return replace(rule, of=of, hours=hours)


def with_rule(rules: Sequence[Rule], rule: Rule) -> tuple[Rule, ...]:
    """In place of the one for the same cameras. Raises OperatorError."""
    kept = checked(rule)
    found = (*without(rules, kept.scope, kept.of), kept)
    if len(found) > MOST:
        raise OperatorError(_too_many())
    return _ordered(found)


def _too_many() -> str:
    return _("There are at most {most} rules; tags and areas take many cameras at once.").format(most=MOST)


def _ordered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda one: (-one.rank, one.of)))


def of_cameras(rules: Sequence[Rule], cameras: Iterable[str], mode: Mode | None, *, keep_mode: bool = False,
               **fields: Unpack[Fields]) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules with those of single cameras (ids) changed, and the ids for which one became different.

    ``mode`` None: no rule of their own; with ``keep_mode`` each that has one keeps its mode, the others still have
    none. ``fields`` that are missing are as they were. Raises OperatorError.
    """
    own = {rule.of: rule for rule in rules if rule.scope is Scope.CAMERA}
    before = dict(own)
    for camera in cameras:
        old = own.pop(camera, None)
        wanted = old.mode if keep_mode and old is not None else mode
        if wanted is not None and not (keep_mode and old is None):
            old = old or Rule(Scope.CAMERA, camera, wanted)
            own[camera] = checked(replace(old, mode=wanted, **fields))
    kept = (*(rule for rule in rules if rule.scope is not Scope.CAMERA), *own.values())
    if len(kept) > MOST:
        raise OperatorError(_too_many())
    return _ordered(kept), tuple(key for key in own.keys() | before.keys() if own.get(key) != before.get(key))


def without(rules: Sequence[Rule], scope: Scope, of: str) -> tuple[Rule, ...]:
    """Without the one for these cameras."""
    return tuple(one for one in rules if (one.scope, one.of) != (scope, of))


def to_text(rules: Sequence[Rule]) -> str:
    """As the setting "recording.rules" keeps them; no rules are told from a setting that is missing."""
    return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> tuple[Rule, ...]:
    """What was kept; a rule that was edited into nonsense is passed over."""
    return _read(text)[0]


def readable(text: str) -> bool:
    """Whether every rule in it is understood."""
    return _read(text)[1]


@lru_cache(8)
def _read(text: str) -> tuple[tuple[Rule, ...], bool]:
    try:
        rows = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return (), False
    if not isinstance(rows, list):
        return (), False
    found, whole = [], True
    for row in rows:
        try:
            found.append(checked(Rule(Scope(row["scope"]), str(row["of"]), Mode(row["mode"]), int(row["days"]),
                                      str(row["hours"]), StreamRole(row["stream"]) if row.get("stream") else None,
                                      Priority(row.get("priority") or ""), row.get("sound") is True)))
        except (OperatorError, ValueError, TypeError, KeyError):
            whole = False
    return tuple(found), whole
