"""One camera's events: subscribed, pulled, renewed, made anew after a loss, given back at the end, slower after errors.

Runs on: one task of the event loop that listens. The rules are those of onvif.md section 7: relative times first and
absolute ones where the device gets them wrong, the port of the subscription as the device tells it at our host, one
question at a time, always Unsubscribe: a device has four to eight places.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from app.devices import messages
from app.devices.notices import Notice, moment, notices
from app.devices.probing import named, text_of
from app.devices.talking import ANSWER_S, Talk
from app.model.errors import CameraError
from app.model.event import CameraEvent
from app.model.secret import Credentials, Secret
from app.runtime.certificates import CAUSES
from app.runtime.process import Message

PAUSES_S = (2.0, 5.0, 15.0, 30.0, 60.0)     # before the n-th try: Reolink locks accounts that subscribe in a hurry
CALM_S = 120.0                              # a subscription that lasted so long forgives what was before
LEAST_PAUSE_S = 0.2                         # between two questions to a device that answers at once, for ever
LEAVING_S = 0.7                             # for Unsubscribe when the program ends
LIKELY_S, LEAST_LIFE_S = 3600.0, 5.0        # a lifetime beyond or below it is a clock that is wrong
STRANGE_CLOCK_S = 300.0                     # a moment further from now than this is not the moment of the event
AGAIN_S = 2.0                               # the same state again within it says nothing
MOST_SOURCES = 64                           # of one camera
_FOR_EVER = ("unauthorised", "forbidden", *CAUSES)
_ACTION = "http://www.onvif.org/ver10/events/wsdl/{}"
_ACTIONS = {
    "CreatePullPointSubscription": _ACTION.format("EventPortType/CreatePullPointSubscriptionRequest"),
    "PullMessages": _ACTION.format("PullPointSubscription/PullMessagesRequest"),
    "SetSynchronizationPoint": _ACTION.format("PullPointSubscription/SetSynchronizationPointRequest"),
    "Renew": "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest",
    "Unsubscribe": "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest",
}


@dataclass(frozen=True, slots=True)
class Times:
    """How long a subscription is asked for, and how long one question may stay unanswered; seconds."""

    life: float = 600.0
    pull: float = 30.0
    pauses: tuple[float, ...] = PAUSES_S


@dataclass(slots=True)
class _Point:
    """Where a subscription is pulled: path and port at our host, what its header must repeat, when to renew it."""

    path: str
    port: int
    told: str
    header: str
    renew_at: float
    life: float
    relative: bool


class Pull:
    """``told`` hears CameraEvents as messages, and how it goes. ``gate`` bounds how many are being subscribed."""

    def __init__(self, order: messages.Listen, told: Callable[[Message], None], gate: asyncio.Semaphore,
                 times: Times = Times()) -> None:
        self._order, self._told, self._gate, self._times = order, told, gate, times
        self._talk = Talk(order.url, Credentials(order.username, Secret(order.password)), login=order.login,
                          offset_s=order.clock_offset, pin=order.pin)
        self._path = urlsplit(order.url).path or "/"
        self._point: _Point | None = None
        self._states: dict[tuple[str, str], tuple[bool, float]] = {}
        self._relative = True
        self._strange: set[str] = set()

    async def run(self) -> None:
        """Until it is cancelled, or the device refuses the login or shows another certificate."""
        failures, refusals = 0, 0
        try:
            while True:
                began = time.monotonic()
                try:
                    await self._listen()
                except CameraError as error:
                    if error.cause == "unauthorised" and not refusals and await self._clock_moved():
                        refusals = 1            # the one retry that is allowed: its clock had drifted away
                        continue
                    self._told(messages.Deaf(self._order.camera, error.cause, error.detail))
                    if error.cause in _FOR_EVER:
                        self._point = None      # its place is not given back: that would be another try of the login
                        return
                await self._forget()
                if time.monotonic() - began > CALM_S:
                    failures = refusals = 0
                pauses = self._times.pauses
                await asyncio.sleep(pauses[min(failures, len(pauses) - 1)] * (0.8 + 0.4 * random.random()))
                failures += 1
        finally:
            await self._leave()

    # --- one subscription ---

    async def _listen(self) -> None:
        """Returns only by CameraError."""
        async with self._gate:
            point = self._point = await self._subscribe()
            with contextlib.suppress(CameraError):
                await self._send("SetSynchronizationPoint", "<v:SetSynchronizationPoint/>", point)
        self._told(messages.Hearing(self._order.camera))
        while True:
            asked = time.monotonic()
            if asked >= point.renew_at:
                await self._renew(point)
            # No question outlives the moment at which the subscription is renewed.
            pull_s = round(min(self._times.pull, max(point.renew_at - asked, LEAST_PAUSE_S)), 1)
            answer = await self._send("PullMessages", f"<v:PullMessages><v:Timeout>{_duration(pull_s)}</v:Timeout>"
                                      "<v:MessageLimit>100</v:MessageLimit></v:PullMessages>", point,
                                      pull_s + ANSWER_S)
            self._take(answer)
            await asyncio.sleep(max(0.0, LEAST_PAUSE_S - (time.monotonic() - asked)))

    async def _subscribe(self) -> _Point:
        try:
            answer = await self._create()
        except CameraError as error:
            if error.cause != "fault" or not self._relative:
                raise
            self._relative = False              # some take only a moment in their own time
            answer = await self._create()
        reference = named(answer, "SubscriptionReference")
        told = text_of(reference, "Address")
        parts = urlsplit(told)
        if not told or parts.scheme not in ("http", "https", ""):
            raise CameraError("nonsense", "no subscription")
        try:
            port = parts.port or (self._talk.port if not parts.scheme else 443 if parts.scheme == "https" else 80)
        except ValueError:
            port = self._talk.port
        if parts.hostname != self._talk.host:
            port = port if parts.port else self._talk.port      # a lying host: its port is believed only if it is told
        life = self._life(answer)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        point = _Point(path, port, told, _parameters(reference), time.monotonic() + 0.8 * life, life, self._relative)
        if port != self._talk.port:
            await self._try_port(point)
        return point

    async def _create(self) -> etree._Element:
        ends = self._until(self._relative)
        return await self._send("CreatePullPointSubscription", "<v:CreatePullPointSubscription>"
                                f"<v:InitialTerminationTime>{ends}</v:InitialTerminationTime>"
                                "</v:CreatePullPointSubscription>")

    async def _try_port(self, point: _Point) -> None:
        """Behind a router the port that the device tells may not be there: then ours is."""
        try:
            await self._send("SetSynchronizationPoint", "<v:SetSynchronizationPoint/>", point)
        except CameraError as error:
            if error.cause in ("closed", "no-route", "timeout"):
                point.port = self._talk.port

    async def _renew(self, point: _Point) -> None:
        body = f"<n:Renew><n:TerminationTime>{self._until(point.relative)}</n:TerminationTime></n:Renew>"
        try:
            answer = await self._send("Renew", body, point)
        except CameraError as error:
            if error.cause != "fault" or not point.relative:
                raise
            point.relative = self._relative = False
            await self._renew(point)
            return
        point.life = self._life(answer)
        point.renew_at = time.monotonic() + 0.8 * point.life

    async def _forget(self) -> None:
        """What is left of a subscription that went wrong: given back where it is still known."""
        point, self._point = self._point, None
        if point is not None:
            with contextlib.suppress(CameraError):
                await self._send("Unsubscribe", "<n:Unsubscribe/>", point, LEAVING_S)
        await self._talk.close()

    async def _leave(self) -> None:
        """The question under way is given up with its connection; Unsubscribe goes out on a fresh one."""
        await self._talk.close()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._forget(), LEAVING_S)
        await self._talk.close()

    async def _send(self, name: str, body: str, point: _Point | None = None, answer_s: float = ANSWER_S
                    ) -> etree._Element:
        to = point.told if point is not None else self._order.url
        header = (f'<a:Action s:mustUnderstand="1">{_ACTIONS[name]}</a:Action><a:MessageID>urn:uuid:{uuid.uuid4()}'
                  f"</a:MessageID><a:To s:mustUnderstand=\"1\">{escape(to)}</a:To>")
        if point is None:
            return await self._talk.ask(self._path, body, header=header, answer_s=answer_s)
        return await self._talk.ask(point.path, body, header=header + point.header, port=point.port,
                                    answer_s=answer_s)

    # --- times ---

    def _until(self, relative: bool) -> str:
        if relative:
            return _duration(self._times.life)
        at = datetime.now(UTC) + timedelta(seconds=self._talk.offset_s + self._times.life)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _life(self, answer: etree._Element) -> float:
        """How long the device says that it lives, from its own two moments: its clock need not be right."""
        ends, now = moment(text_of(answer, "TerminationTime")), moment(text_of(answer, "CurrentTime"))
        if ends is None:
            return self._times.life
        life = ends - (now if now is not None else time.time() + self._talk.offset_s)
        if not LEAST_LIFE_S <= life <= LIKELY_S and self._times.life > LEAST_LIFE_S:
            self._relative = False
            return self._times.life
        return min(life, self._times.life)

    async def _clock_moved(self) -> bool:
        """Whether the camera's clock is another than when it was learned; signed with its time from now on."""
        if self._order.login != "wsse":
            return False
        try:
            answer = await self._talk.ask(urlsplit(self._order.device).path or "/", '<GetSystemDateAndTime '
                                          'xmlns="http://www.onvif.org/ver10/device/wsdl"/>', signed=False)
        except CameraError:
            return False
        offset = _clock(answer)
        if offset is None or abs(offset - self._talk.offset_s) < 2.0:
            return False
        self._talk.offset_s = offset
        return True

    # --- what was noticed ---

    def _take(self, answer: etree._Element) -> None:
        found, strange = notices(answer)
        own, others = self._order.own, self._order.others
        for notice in found:
            if own and any(lens in others for lens in notice.lenses) and not any(lens in own for lens in notice.lenses):
                continue                        # another channel of the same recorder noticed it
            self._notice(notice)
        for topic in strange:
            if topic not in self._strange and len(self._strange) < MOST_SOURCES:
                self._strange.add(topic)
                self._told(messages.StrangeTopic(self._order.camera, topic))

    def _notice(self, notice: Notice) -> None:
        """Told when it changes; a state that is only said again is told every AGAIN_S at most, as a flood would be."""
        now, key = time.monotonic(), (notice.kind.value, notice.source)
        before, at = self._states.get(key, (False, -AGAIN_S))
        if key not in self._states and len(self._states) >= MOST_SOURCES:
            return
        if notice.on == before and (not notice.on or now - at < AGAIN_S):
            self._states.setdefault(key, (notice.on, at))
            return
        self._states[key] = (notice.on, now)
        self._told(messages.Noticed(CameraEvent(self._order.camera, notice.kind, notice.on, self._when(notice),
                                                notice.source)))

    def _when(self, notice: Notice) -> float:
        now = time.time()
        at = notice.at - self._talk.offset_s if notice.at is not None else now
        return at if abs(at - now) < STRANGE_CLOCK_S else now


def _parameters(reference: etree._Element | None) -> str:
    """What the device wants back in each header (WS-Addressing ReferenceParameters); Axis knows its place by it."""
    holder = named(reference, "ReferenceParameters") if reference is not None else None
    parts = [etree.tostring(each, encoding="unicode", with_tail=False) for each in holder] if holder is not None else []
    text = "".join(parts)
    return text if len(text) < 4096 else ""


def _duration(seconds: float) -> str:
    return f"PT{seconds:g}S"


def _clock(answer: etree._Element) -> float | None:
    utc = named(answer, "UTCDateTime")
    try:
        year, month, day, hour, minute, second = (int(text_of(utc, name)) for name in (
            "Year", "Month", "Day", "Hour", "Minute", "Second"))
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError):
        return None
    return at.timestamp() + 0.5 - time.time()
