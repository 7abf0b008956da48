"""What a device's notifications mean: topics and states of many makes, read by local name. Pure.

Topics as ONVIF Core section 9 and the makes write them (reference: onvif.md section 7). What nobody listens to is
passed over; a topic that is in neither list is told once, so that it can be added.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from app.devices.probing import clean, local, named, text_of
from app.model.event import EventKind

MOST_NOTICES = 200              # of one answer; twice what is asked for
_EXACT = {
    "VideoSource/MotionAlarm": EventKind.MOTION, "VideoAnalytics/Motion": EventKind.MOTION,
    "LineDetector/Crossed": EventKind.MOTION, "FieldDetector/ObjectsInside": EventKind.MOTION,
    "RuleEngine/TamperDetector/Tamper": EventKind.TAMPER, "VideoSource/Tampering": EventKind.TAMPER,
    "Device/Trigger/DigitalInput": EventKind.INPUT, "Device/IO/VirtualInput": EventKind.INPUT,
}
_BELOW = (("VideoSource/GlobalSceneChange", EventKind.TAMPER), ("RuleEngine/", EventKind.MOTION))
# Heard and of no use here: nothing is said about them.
_PASSED = ("Device/Trigger/Relay", "VideoSource/ImageToo", "VideoSource/SignalLoss", "VideoSource/ConnectionFailed",
           "Monitoring/", "RecordingConfig/", "RecordingHistory/", "PTZController/", "Media/", "Configuration/",
           "AudioAnalytics/", "AudioSource/", "UserAlarm/", "Device/HardwareFailure", "Device/IO/", "Device/Network",
           "Device/OperationMode", "AdvancedSecurity/", "Storage/", "EventLogger/")
# Items of a source that name a lens, as ONVIF's rules and the makes write them; a rule's name may be any word.
_LENS_ITEMS = frozenset({"videosourceconfigurationtoken", "videosourceconfiguration", "videosourcetoken", "videosource",
                         "source", "videoanalyticsconfigurationtoken", "videoanalyticsconfiguration"})
_ON = {"true", "1", "active", "on", "yes"}
_OFF = {"false", "0", "inactive", "off", "no"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification. ``on`` is True for those that tell no state, such as a crossed line; ``at`` is UTC by the
    device's clock, None when it tells none; ``first`` marks a state as it was already, not one that has changed;
    ``lenses``: tokens of video sources and their configurations that it names."""

    kind: EventKind
    on: bool
    source: str
    at: float | None
    first: bool = False
    lenses: tuple[str, ...] = ()


def notices(answer: etree._Element) -> tuple[list[Notice], list[str]]:
    """The notifications of a PullMessages answer, and the topics that nobody knows."""
    found: list[Notice] = []
    strange: list[str] = []
    messages = [each for each in answer.iter() if local(each) == "NotificationMessage"]
    for each in messages[:MOST_NOTICES]:
        topic = topic_of(text_of(each, "Topic"))
        kind = kind_of(topic)
        message = _inner(each)
        if kind is None or message is None:
            if topic and kind is None and not topic.startswith(_PASSED):
                strange.append(topic)
            continue
        at = moment(message.get("UtcTime", ""))
        operation = message.get("PropertyOperation", "")
        state = _state(message)
        if operation == "Deleted" or (state is None and operation == "Initialized"):
            continue
        found.append(Notice(kind, state is not False, _source(message), at, first=operation == "Initialized",
                            lenses=_lenses(message)))
    return found, strange


def topic_of(text: str) -> str:
    """"tns1:RuleEngine/tns1:CellMotionDetector/Motion/." without prefixes and tails."""
    parts = [part.rpartition(":")[2].strip() for part in clean(text, 200).split("/")]
    return "/".join(part for part in parts if part and part != ".")


def kind_of(topic: str) -> EventKind | None:
    """What it means, None for what is not listened to."""
    if topic in _EXACT:
        return _EXACT[topic]
    return next((kind for head, kind in _BELOW if topic.startswith(head)), None)


def moment(text: str) -> float | None:
    """xs:dateTime as seconds since 1970; None for none, for nonsense and for 1970 itself, which means "never"."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return at.timestamp() if at.year > 1970 else None


def _inner(notification: etree._Element) -> etree._Element | None:
    """tt:Message within wsnt:Message: the one that bears a time or data."""
    inner = [each for each in notification.iter() if local(each) == "Message"]
    return inner[-1] if inner else None


def _state(message: etree._Element) -> bool | None:
    data = named(message, "Data")
    for item in data.iter() if data is not None else ():
        if local(item) == "SimpleItem":
            value = item.get("Value", "").strip().lower()
            if value in _ON:
                return True
            if value in _OFF:
                return False
    return None


def _lenses(message: etree._Element) -> tuple[str, ...]:
    holder = named(message, "Source")
    items = [item for item in holder.iter() if local(item) == "SimpleItem"] if holder is not None else []
    return tuple(clean(item.get("Value", "")) for item in items if item.get("Name", "").lower() in _LENS_ITEMS)


def _source(message: etree._Element) -> str:
    holder = named(message, "Source")
    words = [item.get("Value", "") for item in holder.iter() if local(item) == "SimpleItem"] \
        if holder is not None else []
    return clean("/".join(word.strip() for word in words[:4] if word.strip()))
