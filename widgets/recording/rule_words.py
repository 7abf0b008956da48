"""A rule of recording in words: whom it is for, when, for how long. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from app.model.camera import Camera
from app.recording.hours import in_words
from app.recording.policy import Policy
from app.recording.rules import Mode, Rule, Scope
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.register import recording_fields as fields

_ARROW = " › "


def area_text(path: str) -> str:
    """"Makassar › Wajo" of the path that a rule names."""
    return _ARROW.join(path.split("/"))


def area_path(text: str) -> str:
    """What a rule names of a text that was typed or chosen; also "Makassar > Wajo" and "Makassar/Wajo"."""
    return "/".join(part.strip() for part in text.replace("›", "/").replace(">", "/").split("/") if part.strip())


def whom(rule: Rule, camera: Callable[[str], Camera | None] = lambda _id: None) -> str:
    """Whom it is for; ``camera`` gives the one of an id."""
    match rule.scope:
        case Scope.AREA:
            return _("area {of}").format(of=area_text(rule.of))
        case Scope.TAG:
            return _("tag {of}").format(of=rule.of)
        case Scope.ALL:
            return _("all cameras")
    found = camera(rule.of)
    return _("camera {of}").format(of=f"{found.label} {found.name}") if found is not None else \
        _("a camera that is no longer there")


def mode_text(rule: Rule) -> str:
    """When, in the words of the form, with the hours of a schedule; that sound is recorded too."""
    words = f"{_chosen(fields.CHOICES, rule.mode.value)} {in_words(rule.hours)}".strip()
    return _("{when}, with sound").format(when=words) if rule.sound and rule.mode is not Mode.NEVER else words


def days_text(rule: Rule, policy: Policy) -> str:
    """For how long what it asks for is kept; what the settings say is put in brackets."""
    if rule.mode is Mode.NEVER:
        return ""
    days = rule.days or policy.days
    words = ngettext("{days} day", "{days} days", days).format(days=days)
    return words if rule.days else f"({words})"


def stream_text(rule: Rule) -> str:
    """Which stream; "" when it says none."""
    return _chosen(fields.STREAMS, rule.stream.value) if rule.stream is not None else ""


def priority_text(rule: Rule) -> str:
    """What happens when room is short; "" when it says nothing."""
    return _chosen(fields.PRIORITIES, rule.priority.value) if rule.priority.value else ""


def rest_text(policy: Policy) -> str:
    """What holds for cameras that no rule is for."""
    return _("its last {minutes} min while on a wall").format(minutes=policy.minutes) if policy.on else \
        _("not recorded")


def _chosen(choices: tuple[tuple[str, str], ...], value: str) -> str:
    return _(dict(choices)[value])
