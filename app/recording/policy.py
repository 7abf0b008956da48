"""Which cameras are recorded, why, and how long what was recorded is kept. Pure.

Every camera on a wall has its last minutes, whatever its rule but "never". What a rule asks for beyond that is kept for
days. A camera with an event rule is written all the time and forgotten after the last minutes, unless an event happens:
so the seconds before an event are there, also after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.model.camera import Camera, StreamRole
from app.recording.hours import in_words
from app.recording.rules import Mode, Priority, Rule, Scope, from_text, winner
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.settings import Value
from app.runtime.zone import Zone, zone_of

GIGABYTE = 1_000_000_000        # as disks are sold
DAY_US = 86_400_000_000
MINUTE_US = 60_000_000


class Rank(IntEnum):
    """What a camera is recorded for; the lowest is given up first when the disk is full or does not follow."""

    LAST_MINUTES = 0        # thrown away after minutes anyway
    WATCHED = 1             # while on a wall, or waiting for an event
    PLANNED = 2             # in its hours
    ALWAYS = 3
    NEEDED = 4              # an event, or a bookmark holds what is recorded now


@dataclass(frozen=True, slots=True)
class Verdict:
    """``write``: recorded now. ``pull``: also while no pane shows it. ``keep``: for days, not for the last minutes."""

    write: bool = False
    pull: bool = False
    keep: bool = False
    rank: Rank = Rank.LAST_MINUTES
    rule: Rule | None = None

    @property
    def sound(self) -> bool:
        """Whether the rule asks for sound; the last minutes of what is shown have none."""
        return self.rule is not None and self.rule.sound and (self.keep or self.pull)

    @property
    def stream(self) -> StreamRole | None:
        """The stream that the rule names; the last minutes of what is shown cost no second connection."""
        return self.rule.stream if self.rule is not None and (self.keep or self.pull) else None


@dataclass(frozen=True, slots=True)
class Policy:
    """``on``: the last ``minutes`` of every camera on a wall. ``days`` where a rule does not say how many."""

    on: bool = True
    minutes: int = 5
    rules: tuple[Rule, ...] = ()
    days: int = 7
    seconds: int = 60               # one file
    quota: int = 2 * GIGABYTE       # bytes
    floor: int = GIGABYTE           # bytes that stay free on the disk
    before: int = 15                # seconds kept before an event
    after: int = 60                 # and after it

    def rule_of(self, camera: Camera) -> Rule | None:
        """The rule that decides about a camera, None when none does."""
        return winner(self.rules, camera)

    def verdict(self, camera: Camera, at: int, *, shown: bool, urgent: bool = False) -> Verdict:
        """Whether a camera is recorded at a moment (UTC, microseconds). ``urgent``: an event, or somebody holds now."""
        return self.judge(winner(self.rules, camera), camera, at, shown=shown, urgent=urgent)

    def judge(self, rule: Rule | None, camera: Camera, at: int, *, shown: bool, urgent: bool) -> Verdict:
        """As :meth:`verdict`, by a rule that is known to be the one in force."""
        mode = None if rule is None else rule.mode
        if rule is not None and mode is not Mode.NEVER:
            rank = _rank(rule, urgent=urgent)
            if mode is Mode.ALWAYS:
                return Verdict(True, True, True, rank, rule)
            if mode is Mode.SCHEDULE and rule.week.within(at, zone_of_camera(camera).zoneinfo):
                return Verdict(True, True, True, rank, rule)
            if mode is Mode.EVENT:
                return Verdict(True, True, urgent, rank, rule)
            if mode is Mode.WALL and shown:
                return Verdict(True, False, True, rank, rule)
        if mode is Mode.NEVER or not self.on or not shown:
            return Verdict(rule=rule)
        return Verdict(True, False, False, Rank.NEEDED if urgent else Rank.LAST_MINUTES, rule)

    def keep_us(self, camera: Camera | None, *, kept: bool) -> int:
        """Microseconds after which what was recorded of a camera goes; ``kept``: a rule asked for it then."""
        if not kept:
            return self.minutes * MINUTE_US
        rule = winner(self.rules, camera) if camera is not None else None
        return (rule.days if rule is not None and rule.days else self.days) * DAY_US

    def wanted(self, shown: Collection[str], cameras: Iterable[tuple[Camera, Rule | None]], at: int,
               urgent: Collection[str] = ()) -> dict[str, tuple[Camera, Verdict]]:
        """Camera id -> (camera, why); those that matter most come first. ``shown`` and ``urgent``: ids.

        ``cameras``: each with the rule that is in force for it.
        """
        found = {camera.id: (camera, verdict) for camera, rule in cameras if (verdict := self.judge(
            rule, camera, at, shown=camera.id in shown, urgent=camera.id in urgent)).write}
        return dict(sorted(found.items(), key=lambda item: -item[1][1].rank))

    def why(self, camera: Camera, at: int, *, shown: bool, urgent: bool = False) -> str:
        """Why a camera is recorded now, or is not, for a person."""
        verdict = self.verdict(camera, at, shown=shown, urgent=urgent)
        reason = _reason(verdict.rule)
        if verdict.write and verdict.keep:
            days = self.keep_us(camera, kept=True) // DAY_US
            kept = ngettext("kept for {days} day", "kept for {days} days", days).format(days=days)
            return _("Recorded, {kept}: {reason}").format(kept=kept, reason=reason)
        if verdict.write and verdict.pull:
            return _("Recorded to have the time before an event; without one it goes after {minutes} min: "
                     "{reason}").format(minutes=self.minutes, reason=reason)
        if verdict.write:
            return _("The last {minutes} min are recorded because it is on a wall. Beyond that: {reason}").format(
                minutes=self.minutes, reason=reason)
        return _("Not recorded now: {reason}").format(reason=reason)


_RANKS = {Mode.ALWAYS: Rank.ALWAYS, Mode.SCHEDULE: Rank.PLANNED}


def _rank(rule: Rule, *, urgent: bool) -> Rank:
    """What a rule asks for, by its mode or as it says itself; an event and a bookmark stand above all."""
    if urgent or rule.priority is Priority.LAST:
        return Rank.NEEDED
    return Rank.WATCHED if rule.priority is Priority.FIRST else _RANKS.get(rule.mode, Rank.WATCHED)


def _reason(rule: Rule | None) -> str:
    if rule is None:
        return _("no rule asks for it.")
    whom = {Scope.CAMERA: _("this camera"), Scope.TAG: _("the tag “{of}”"), Scope.AREA: _("the area “{of}”"),
            Scope.ALL: _("all cameras")}[rule.scope].format(of=rule.of)
    when = {Mode.ALWAYS: _("always"), Mode.SCHEDULE: _("in the hours {hours}"), Mode.EVENT: _("around events"),
            Mode.WALL: _("while on a wall"), Mode.NEVER: _("never")}[rule.mode].format(
                hours=in_words(rule.hours))
    return _("the rule for {whom} says: {when}.").format(whom=whom, when=when)


def zone_of_camera(camera: Camera) -> Zone:
    """The zone whose clock a camera's hours go by."""
    return zone_of(camera.place.longitude if camera.place is not None else None)


def policy_of(settings: Mapping[str, Value]) -> Policy:
    """The policy that the settings in force describe; the tags of the settings page are rules like any other."""
    rules = from_text(str(settings["recording.rules"]))
    ruled = {rule.of for rule in rules if rule.scope is Scope.TAG}
    tags = dict.fromkeys(tag.strip() for tag in str(settings["recording.tags"]).split(",") if tag.strip())
    rules += tuple(Rule(Scope.TAG, tag, Mode.ALWAYS) for tag in tags if tag not in ruled)
    return Policy(bool(settings["recording.on"]), int(settings["recording.minutes"]), rules,
                  int(settings["recording.days"]), int(settings["recording.seconds"]),
                  int(float(settings["recording.quota_gb"]) * GIGABYTE),
                  int(float(settings["recording.free_gb"]) * GIGABYTE),
                  int(settings["recording.event_before"]), int(settings["recording.event_after"]))


type KeepOf = Callable[[str, bool], int]      # camera id, whether a rule asked for it -> microseconds
