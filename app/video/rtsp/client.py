"""Opens a camera over RTSP/TCP and hands out its pictures: DESCRIBE, SETUP, PLAY (RFC 2326), keep-alive, TEARDOWN.

Runs on: the thread of its stream, or the worker's reader once it plays. Raises CameraError and nothing else;
"unsupported" means that another client (libav) may know the way. No error holds an address, a user or a password.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Generator
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.model.errors import CameraError
from app.model.secret import Credentials
from app.runtime.addresses import DEFAULT_PORTS, reveal
from app.runtime.login import Login
from app.video.annexb import PictureSize
from app.video.rtsp import sdp
from app.video.rtsp.connection import Connection, Message
from app.video.rtsp.rtp import FRAME_BYTES, Assembler, Packet
from app.video.rtsp.sound import Ear, Frame, SoundMedia, sound

REDIRECTS = 3
SESSION_S = 60.0                # RFC 2326 12.37: the time-out of a server that names none
SHORTEST_S = 2.0                # between two signs of life, whatever a server asks
_AGENT = "Lawang"
# Not enough bandwidth (453) and service unavailable (503) are a camera's "not now": RFC 2326 11.3.10, RFC 2068 10.5.4.
_BY_STATUS = {401: "unauthorised", 403: "forbidden", 404: "not-found", 407: "unauthorised", 453: "busy",
              461: "unsupported", 503: "busy", 551: "unsupported"}


class SoundRefused(CameraError):
    """The connection broke when the sound was asked for: the next one asks for pictures alone."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to connect, and the address as requests name it (no user, no password before the host)."""

    tls: bool
    host: str
    port: int
    url: str

    @classmethod
    def of(cls, url: str) -> _Place:
        if re.search(r"[\x00-\x20\x7f-\xff]", url) or len(url) > 4096:
            raise CameraError("garbage", "address")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise CameraError("garbage", "address") from None
        scheme = parts.scheme.lower()
        if scheme not in ("rtsp", "rtsps") or not host:
            raise CameraError("forbidden-scheme")
        bare = parts.netloc.rpartition("@")[2]
        return cls(scheme == "rtsps", host, port or DEFAULT_PORTS[scheme],
                   f"{scheme}://{bare}{url.partition('://')[2][len(parts.netloc):]}")


class RtspStream:
    """One camera that plays. ``url`` as kept (with marks, without login); the waits are in seconds."""

    def __init__(self, url: str, credentials: Credentials, *, open_s: float, silent_s: float,
                 listen: bool = False) -> None:
        """``listen``: its sound is wanted too, in :attr:`heard`, which the caller empties."""
        self._deadline = time.monotonic() + open_s
        self._silent_s = silent_s
        self._login = Login(credentials)
        self._number = 0
        self._session = ""
        self._session_s = SESSION_S
        self._alive_by = "OPTIONS"      # every server knows it; its answer tells whether GET_PARAMETER is known too
        self._early: list[bytes] = []
        self._listen = listen
        self._ear: tuple[Ear, int] | None = None
        self.sound: SoundMedia | None = None    # what the description says of it, when it is wanted
        self.heard: list[Frame] = []            # complete by now
        self._place = _Place.of(reveal(url, credentials))
        self._line = self._connect()
        try:
            self._open()
        except BaseException:
            self._line.close()
            raise

    @property
    def codec(self) -> str:
        """"h264" or "hevc"."""
        return self._media.codec

    @property
    def parameter_sets(self) -> bytes:
        """From the description, as Annex B; may be empty."""
        return self._media.parameter_sets

    def size(self) -> PictureSize:
        """Unknown: only key pictures tell it, the description may lie."""
        return PictureSize(0, 0)

    def close(self) -> None:
        """Say good-bye without waiting for the answer."""
        if self._session:
            with contextlib.suppress(CameraError):
                self._send("TEARDOWN", self._aggregate)
        self._line.close()

    # -- opening -----------------------------------------------------------------------------------------------------

    def _connect(self) -> Connection:
        place = self._place
        return Connection(place.host, place.port, tls=place.tls, deadline=self._deadline)

    def _open(self) -> None:
        described = self._describe()
        self._media = sdp.video(described.body.decode("utf-8", "replace"))
        base = next((one for one in (described.header("content-base"), described.header("content-location"))
                     if re.match(r"(?i)rtsps?://", one) and _printable(one)), self._place.url)
        control = sdp.joined(base, self._media.control)
        self._aggregate = sdp.joined(base, self._media.aggregate)
        if not (_printable(control) and _printable(self._aggregate)):
            raise CameraError("garbage", "control address")
        answer = self._settled("SETUP", control, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        self._read_session(answer)
        self._channel = _channel(answer.header("transport"))
        if self._listen:
            self._open_sound(sound(described.body.decode("utf-8", "replace")), base)
        self._read_session(self._settled("PLAY", self._aggregate, "Range: npt=0.000-"))

    def _open_sound(self, media: SoundMedia | None, base: str) -> None:
        """A camera that does not give its sound gives its pictures. Raises SoundRefused when it gives up over that."""
        self.sound = media
        control = sdp.joined(base, media.control) if media is not None else ""
        if media is None or not media.received or not _printable(control):
            return
        try:
            answer = self._ask("SETUP", control, "Transport: RTP/AVP/TCP;unicast;interleaved=2-3")
            channel = _channel(answer.header("transport") or "RTP/AVP/TCP;interleaved=2-3")
        except CameraError as error:
            raise SoundRefused(error.cause, error.detail) from None
        if answer.status == 200 and channel != self._channel:
            ear = Ear(media)
            self._ear, self.heard = (ear, channel), ear.ready

    @property
    def hears(self) -> bool:
        """Whether its sound comes."""
        return self._ear is not None

    def _describe(self) -> Message:
        for _ in range(REDIRECTS + 1):
            answer = self._ask("DESCRIBE", self._place.url, "Accept: application/sdp")
            if answer.status == 200:
                return answer
            if answer.status not in (301, 302, 303, 305, 307, 308):
                raise _refusal(answer.status)
            self._follow(answer.header("location"))
        raise CameraError("server", "redirected in a circle")

    def _follow(self, location: str) -> None:
        old, new = self._place, _Place.of(location)
        self._line.close()
        self._place = new
        if new.host != old.host or (old.tls and not new.tls):
            self._login = Login(Credentials())      # a login goes to whom it was given for, and over no worse line
        self._line = self._connect()

    def _settled(self, method: str, url: str, *headers: str) -> Message:
        """An answer that must be "yes": a server that refuses after DESCRIBE may do so because of how we ask."""
        answer = self._ask(method, url, *headers)
        if answer.status == 200:
            return answer
        error = _refusal(answer.status)
        raise CameraError("unsupported", method) if error.cause in ("garbage", "not-found") else error

    def _ask(self, method: str, url: str, *headers: str) -> Message:
        renewed = False
        while True:
            self._send(method, url, *headers)
            while True:
                answer = self._line.answer(self._early)
                if answer.header("cseq") in ("", str(self._number)):    # an answer without number is for this one
                    break
            if answer.status != 401:
                if answer.status < 400:
                    self._login.accepted()
                return answer
            renewed = self._login.refused(answer.headers.get("www-authenticate", ()), renewed)

    def _send(self, method: str, url: str, *headers: str) -> None:
        self._number += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._number}", f"User-Agent: {_AGENT}", *headers]
        if self._session:
            lines.append(f"Session: {self._session}")
        login = self._login.header(method, url)
        if login:
            lines.append(f"Authorization: {login}")
        if any("\r" in line or "\n" in line for line in lines):
            raise CameraError("garbage", "control characters")     # a login or a realm would write headers of its own
        self._line.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def _read_session(self, answer: Message) -> None:
        name, _, rest = answer.header("session").partition(";")
        if not name.strip():
            return
        if not _printable(name.strip()):
            raise CameraError("garbage", "session")
        self._session = name.strip()
        match = re.search(r"(?i)timeout\s*=\s*(\d{1,6})", rest)
        if match:
            self._session_s = float(match[1]) or SESSION_S

    # -- playing -----------------------------------------------------------------------------------------------------

    def packets(self) -> Generator[Packet]:
        """Access units as they come, until the connection breaks: then CameraError says how."""
        ready = self._begin()
        for came in self._line.receive(self._assembler.frames, min(self._every, self._silent_s), self._told):
            now = time.monotonic()
            if ready:
                self._heard = now
                yield from ready
                ready.clear()
            if now >= self._due or not came or now - self._heard > self._silent_s:
                self._tick(now, came)

    def at_once(self) -> int | None:
        """Instead of :meth:`packets`: the descriptor to wait for together with others; None: it must be read alone.

        Whenever it can be read, :meth:`arrived` is due, and :meth:`tick` about once a second.
        """
        handle = self._line.at_once()
        if handle is not None:
            self._ready = self._begin()
            self._came = self._heard
            self._line.hand_out(self._assembler.frames, self._told)     # what came together with the last answer
        return handle

    def arrived(self, now: float) -> list[Packet]:
        """What is complete by now; the caller empties the list. Waits for nothing; raises CameraError."""
        if self._line.glance(self._assembler.frames, self._told):
            self._came = now
        if self._ready:
            self._heard = now
        return self._ready

    def tick(self, now: float) -> None:
        """Signs of life, and the end of patience: raises CameraError."""
        self._tick(now, now - self._came < min(self._every, self._silent_s))

    def _begin(self) -> list[Packet]:
        """Where units will stand, those first that came before PLAY was answered."""
        self._assembler = assembler = Assembler(self._media.codec, self._media.payload_type, self._channel)
        if self._ear is not None:
            assembler.listen(*self._ear)
        early = bytearray().join([*self._early, bytes(FRAME_BYTES)])
        self._early = []
        assembler.frames(early, memoryview(early), 0, len(early) - FRAME_BYTES)
        self._every = max(SHORTEST_S, self._session_s / 2)
        self._heard = time.monotonic()
        self._due = self._heard + self._every
        return assembler.ready

    def _tick(self, now: float, came: bool) -> None:
        if now >= self._due:
            self._due = now + self._every
            self._send(self._alive_by, self._aggregate)
        if (not came and now - self._heard >= self._silent_s) or now - self._heard >= 2 * self._silent_s:
            raise CameraError("timeout")        # nothing at all, or only reports and no picture

    def _told(self, message: Message) -> None:
        """An answer to a sign of life, or a request of the server, which goes without an answer."""
        if message.status == 401:
            self._login.renew(message.headers.get("www-authenticate", ()))
        elif message.status == 200 and "GET_PARAMETER" in message.header("public"):
            self._alive_by = "GET_PARAMETER"
        elif message.status in (405, 501, 551):
            self._alive_by = "OPTIONS"
        elif message.status == 454:
            raise CameraError("closed", "session")


def _printable(text: str) -> bool:
    """Fit to be sent back within a header line."""
    return text.isascii() and text.isprintable() and " " not in text


def _channel(transport: str) -> int:
    """The channel of the RTP packets that the server has chosen."""
    if not transport:
        return 0
    if "tcp" not in transport.lower() and "interleaved" not in transport.lower():
        raise CameraError("unsupported", "transport")
    match = re.search(r"(?i)interleaved\s*=\s*(\d{1,3})", transport)
    return int(match[1]) & 255 if match else 0


def _refusal(status: int) -> CameraError:
    cause = _BY_STATUS.get(status) or ("server" if status >= 500 else "garbage")
    return CameraError(cause, str(status))
