"""What the registry lane does for the page of recording rules: all rules with what they decide; one kept, one undone.

No Qt. Runs on: the registry lane. Rules stand in a setting; a change is an edit of the register like that of a camera:
one journal, one undo, and what keeps less waits a day (app.recording.grace).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.model.camera import Camera
from app.model.edit import Beside, Edit
from app.model.errors import OperatorError
from app.recording.deciding import Deciding, changed_for
from app.recording.policy import Policy, policy_of
from app.recording.rules import Rule, Scope, from_text, to_text, with_rule, without
from app.registry.registry import Registry
from app.runtime.breath import Breath
from app.runtime.language import gettext as _
from app.runtime.settings import Value
from widgets.recording.rule_words import whom
from widgets.register.recording_fields import SETTING

TAGS = "recording.tags"         # of the settings page: each is a rule "always"


@dataclass(frozen=True, slots=True)
class Ruled:
    """``counts``: how many cameras each rule decides about. ``areas`` (paths as rules name them) and ``tags``: all that
    cameras have, with how many."""

    policy: Policy = field(default_factory=Policy)
    rules: tuple[Rule, ...] = ()
    counts: Mapping[Rule, int] = field(default_factory=dict)
    areas: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)

    def fitting(self, scope: Scope, of: str) -> int:
        """How many cameras an area or a tag has."""
        return (self.areas if scope is Scope.AREA else self.tags).get(of, 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """For so many cameras another rule decides now, or the same one says something else; so many keep less."""

    cameras: int
    less: int


def ruled(settings: Mapping[str, Value], cameras: Sequence[Camera]) -> Ruled:
    """What the page shows; of 60,000 cameras half a second, with rests."""
    policy, rest = policy_of(settings), Breath()
    areas: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    for camera in cameras:
        rest()
        areas.update("/".join(camera.area[:depth]) for depth in range(1, len(camera.area) + 1))
        tags.update(set(camera.tags))
    rules = tuple(sorted(policy.rules, key=lambda one: (-one.rank, one.of)))
    return Ruled(policy, rules, Deciding(policy.rules).counts(cameras, rest), areas, tags)


def keeping(old: Rule | None, new: Rule | None,
            cameras: Callable[[], Iterable[Camera]]) -> Callable[[Registry], Kept]:
    """A job that puts ``new`` in the place of ``old``; None: there was none, or there shall be none.

    The job raises OperatorError when the rule is refused, or another one is for the same cameras.
    """
    def work(registry: Registry) -> Kept:
        before = registry.settings.all()
        after = dict(before)
        found = from_text(str(before[SETTING]))
        if old is not None:
            found = without(found, old.scope, old.of)
            if old.scope is Scope.TAG and new is None:
                after[TAGS] = ", ".join(tag for tag in _tags(before) if tag != old.of)
        if new is not None:
            another = next((one for one in policy_of(before).rules if _whom(one) == _whom(new)), None)
            if another is not None and (old is None or _whom(another) != _whom(old)):
                raise OperatorError(_("There is a rule for {whom} already. Change that one.").format(
                    whom=whom(another)))
            found = with_rule(found, new)
        after[SETTING] = to_text(found)
        policies = policy_of(before), policy_of(after)
        touched = changed_for(policies[0].rules, policies[1].rules, cameras(), Breath())
        deciding = tuple(Deciding(policy.rules) for policy in policies)
        less = sum(_days(policies[1], deciding[1], one) < _days(policies[0], deciding[0], one) for one in touched)
        ids = tuple(camera.id for camera in touched)
        registry.edits.keep((), lambda _none: [Beside(key, str(after[key]), ids) for key in (SETTING, TAGS)])
        return Kept(len(touched), less)
    return work


def undo(registry: Registry) -> Edit:
    """Takes the newest edit back when it is one of rules alone. Raises OperatorError."""
    last = registry.edits.last()
    if last is not None and not set(last.fields) <= {SETTING, TAGS}:
        raise OperatorError(_("The newest change is one of cameras. The page Cameras takes it back."))
    return registry.undo_edit()


def _whom(rule: Rule) -> tuple[Scope, str]:
    return rule.scope, rule.of


def _tags(settings: Mapping[str, Value]) -> list[str]:
    return [tag.strip() for tag in str(settings[TAGS]).split(",") if tag.strip()]


def _days(policy: Policy, deciding: Deciding, camera: Camera) -> int:
    rule = deciding.winner(camera)
    return rule.days if rule is not None and rule.days else policy.days
