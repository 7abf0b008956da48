"""The events of a virtual camera: real pull points (ONVIF Core section 9), a long question answered when there is news.

Thread-safe: each connection has a thread of its own that waits here.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

from app.demo.onvif.head import Faults
from app.demo.onvif.reading import duration, text_of

NAMESPACES = {"tev": "http://www.onvif.org/ver10/events/wsdl", "wsnt": "http://docs.oasis-open.org/wsn/b-2",
              "wsa": "http://www.w3.org/2005/08/addressing", "tns1": "http://www.onvif.org/ver10/topics"}
PATH = "event_service"
PLACES = 4                      # subscriptions at once, as cheap cameras have
MOST_WAITING = 100              # notifications of one subscription; the oldest goes
LONGEST_S, USUAL_S = 3600.0, 60.0
MOST_PULL_S = 60.0
# name -> topic, source item, state item
EVENTS = {
    "motion": ("tns1:RuleEngine/CellMotionDetector/Motion", ("VideoSourceConfigurationToken", "vsc"), "IsMotion"),
    "tamper": ("tns1:VideoSource/GlobalSceneChange/ImagingService", ("Source", "vs"), "State"),
    "input": ("tns1:Device/Trigger/DigitalInput", ("InputToken", "in-1"), "LogicalState"),
}


class NoPoint(Exception):
    """There is no such subscription, or no place for another one."""


@dataclass(slots=True)
class _Point:
    ends: float                 # monotonic
    waiting: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))


class Points:
    """``faults``: no_relative, silent_ends. ``answer`` is asked for requests of tev and wsnt."""

    def __init__(self, faults: Callable[[], Faults]) -> None:
        self._faults = faults
        self._changed = threading.Condition()
        self._points: dict[str, _Point] = {}
        self._names = itertools.count(1)
        self._ended = False
        self.places = PLACES
        self.states = dict.fromkeys(EVENTS, False)
        self.made = self.pulls = self.renewals = self.left = 0      # for proofs

    @property
    def open(self) -> int:
        """Subscriptions that stand."""
        with self._changed:
            self._sweep()
            return len(self._points)

    def happen(self, name: str, on: bool, source: str = "") -> None:
        """Motion, tampering or the input begins or ends; at the device's usual source, or at this token. KeyError for
        another name."""
        with self._changed:
            changed = self.states[name] is not on or bool(source)
            if not source:
                self.states[name] = on
            if changed:
                if on or not self._faults().silent_ends:
                    text = _message(name, on, "Changed", self._now(), source)
                    for point in self._points.values():
                        point.waiting.append(text)
                self._changed.notify_all()

    def lose(self) -> None:
        """Forget every subscription, as a restart does."""
        with self._changed:
            self._points.clear()
            self._changed.notify_all()

    def end(self) -> None:
        """Whoever waits is let go."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def answer(self, request: etree._Element, base: str, path: str) -> str:
        """The element inside the answer's body. Raises NoPoint; ValueError for what is not understood."""
        name = etree.QName(request).localname
        key = path.rpartition("/")[2]
        match name:
            case "CreatePullPointSubscription":
                return self._create(request, base)
            case "PullMessages":
                limit = int(text_of(request, "MessageLimit") or 1)
                return self._pull(key, duration(text_of(request, "Timeout")), limit)
            case "Renew":
                return self._renew(request, key)
            case "Unsubscribe":
                with self._changed:
                    self._point(key)
                    del self._points[key]
                    self.left += 1
                    self._changed.notify_all()
                return "<wsnt:UnsubscribeResponse/>"
            case "SetSynchronizationPoint":
                with self._changed:
                    point = self._point(key)
                    for event, on in self.states.items():
                        point.waiting.append(_message(event, on, "Initialized", self._now()))
                return "<tev:SetSynchronizationPointResponse/>"
            case "GetServiceCapabilities":
                return ('<tev:GetServiceCapabilitiesResponse><tev:Capabilities WSPullPointSupport="true" '
                        f'MaxPullPoints="{self.places}"/></tev:GetServiceCapabilitiesResponse>')
        raise ValueError(name)

    # --- inside ---

    def _create(self, request: etree._Element, base: str) -> str:
        seconds = self._seconds(text_of(request, "InitialTerminationTime"))
        with self._changed:
            self._sweep()
            if len(self._points) >= self.places:
                raise NoPoint("no place for another subscription")
            key = f"point-{next(self._names)}"
            self._points[key] = _Point(time.monotonic() + seconds)
            self.made += 1
        return ("<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
                f"<wsa:Address>{base}/onvif/{PATH}/{key}</wsa:Address></tev:SubscriptionReference>{self._times(seconds)}"
                "</tev:CreatePullPointSubscriptionResponse>")

    def _renew(self, request: etree._Element, key: str) -> str:
        seconds = self._seconds(text_of(request, "TerminationTime"))
        with self._changed:
            self._point(key).ends = time.monotonic() + seconds
            self.renewals += 1
        return f"<wsnt:RenewResponse>{self._times(seconds)}</wsnt:RenewResponse>"

    def _pull(self, key: str, seconds: float, most: int) -> str:
        until = time.monotonic() + min(seconds, MOST_PULL_S)
        with self._changed:
            self.pulls += 1
            while not (point := self._point(key)).waiting:
                left = min(until, point.ends) - time.monotonic()
                if left <= 0 or self._ended:
                    break
                self._changed.wait(left)
            taken = [point.waiting.popleft() for _n in range(min(len(point.waiting), max(most, 1)))]
        now = self._now()
        return (f"<tev:PullMessagesResponse><tev:CurrentTime>{_stamp(now)}</tev:CurrentTime>"
                f"<tev:TerminationTime>{_stamp(now + point.ends - time.monotonic())}</tev:TerminationTime>"
                f"{''.join(taken)}</tev:PullMessagesResponse>")

    def _point(self, key: str) -> _Point:
        """Its place; with the lock held."""
        self._sweep()
        if key not in self._points:
            raise NoPoint("there is no such subscription")
        return self._points[key]

    def _sweep(self) -> None:
        now = time.monotonic()
        self._points = {key: point for key, point in self._points.items() if point.ends > now}

    def _seconds(self, text: str) -> float:
        if text.startswith("PT"):
            if self._faults().no_relative:
                raise ValueError("a moment is needed")
            return min(duration(text), LONGEST_S)
        if not text:
            return USUAL_S
        return min(max(datetime.fromisoformat(text).timestamp() - self._now(), 0.0), LONGEST_S)

    def _times(self, seconds: float) -> str:
        now = self._now()
        return (f"<wsnt:CurrentTime>{_stamp(now)}</wsnt:CurrentTime>"
                f"<wsnt:TerminationTime>{_stamp(now + seconds)}</wsnt:TerminationTime>")

    def _now(self) -> float:
        return time.time() + self._faults().clock_ahead_s


def _message(name: str, on: bool, operation: str, at: float, source: str = "") -> str:
    topic, (item, token), state = EVENTS[name]
    token = source or token
    return ('<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
            f'{topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="{_stamp(at)}" PropertyOperation="{operation}">'
            f'<tt:Source><tt:SimpleItem Name="{item}" Value="{token}"/></tt:Source><tt:Data><tt:SimpleItem '
            f'Name="{state}" Value="{str(on).lower()}"/></tt:Data></tt:Message></wsnt:Message>'
            "</wsnt:NotificationMessage>")


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
