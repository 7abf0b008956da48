"""An RTSP server (and MJPEG over HTTP on the same port) that speaks the real protocol and misbehaves on demand.

One asyncio loop in a thread of its own. ``Fake`` objects are changed by the test while the server runs; each is read
before every picture and every answer. RTP over TCP, interleaved: RFC 2326 10.12, RFC 6184, RFC 7798, RFC 6416.
"""

from __future__ import annotations

import asyncio
import base64
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from app.video.annexb import nal_type, nal_units
from tests.fakes.clips import Clip, clip, h264_parameter_set, with_parameter_set

PAYLOAD = 1400                  # bytes of a NAL unit per RTP packet; larger ones travel in fragments
TYPE = 96                       # dynamic payload type
REALM = 'realm="fake", nonce="00112233445566778899aabbccddeeff"'


@dataclass
class Fake:
    """One camera. ``mode`` says how it answers:

    play, garbage (1 MB of noise), endless-sdp, endless-header, redirect (to itself), no-setup (never answers SETUP),
    huge (SDP and stream claim 16384x16384), huge-sdp (only the SDP does), no-video (an SDP with sound only).
    """

    clip: Clip = field(default_factory=clip)
    mode: str = "play"
    login: tuple[str, str] | None = None
    refuses: bool = False               # 401 whatever comes
    open: bool = True                   # False: hangs up, and hangs up on whoever comes
    silent: bool = False                # the connection stays, no packet comes
    same: bool = False                  # sends its first key picture again and again
    stamps: str = "even"                # even, repeat, backward, jump
    describes: int = 0
    attempts: int = 0                   # requests that carried a user and a password
    playing: int = 0                    # connections that get packets now
    sent: int = 0
    path: str = ""


class HostileRtsp:
    """The server; a context manager. ``url`` makes a camera and tells its address."""

    def __init__(self) -> None:
        self.cameras: dict[str, Fake] = {}
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="hostile-rtsp", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def add(self, name: str, fake: Fake | None = None) -> Fake:
        """Put a camera under a path."""
        fake = fake or Fake()
        fake.path = name
        self.cameras[name] = fake
        return fake

    def url(self, name: str, scheme: str = "rtsp") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/{name}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(self, reader, writer).serve()
        except (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass                        # the client went away, or we hung up on it
        finally:
            writer.transport.abort()


class _Session:
    """One connection of one client."""

    def __init__(self, server: HostileRtsp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._player: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        try:
            while True:
                first = await self._reader.readexactly(1)
                if first == b"$":       # the client's RTCP
                    head = await self._reader.readexactly(3)
                    await self._reader.readexactly(int.from_bytes(head[1:], "big"))
                    continue
                text = (first + await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                if text.startswith("RTSP/"):
                    continue            # the client took our noise for a request and answers it
                if not await self._answer(text):
                    return
        finally:
            if self._player is not None:
                self._player.cancel()

    async def _answer(self, text: str) -> bool:
        method, target, _ = text.split(" ", 2)
        name = re.sub(r"^[a-z]+://[^/]+/?|^/", "", target).split("/")[0].split("?")[0]
        fake = self._server.cameras.get(name)
        if fake is None:
            self._say(text, "404 Not Found")
            return True
        if not fake.open:
            return False
        if method == "GET":
            await self._http(fake)
            return False
        match = re.search(r"(?im)^authorization: *(\w+) (.*)$", text)
        if match:
            fake.attempts += 1
        if fake.mode == "garbage":
            self._writer.write(random.Random(7).randbytes(1 << 20))
            await self._writer.drain()
            return True
        if method == "DESCRIBE":
            fake.describes += 1
            return await self._describe(fake, text, match)
        if method == "SETUP":
            if fake.mode != "no-setup":
                self._say(text, "200 OK", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=12345678",
                          "Session: 4711;timeout=60")
        elif method == "PLAY":
            self._say(text, "200 OK", "Session: 4711")
            self._player = asyncio.create_task(self._play(fake))
        elif method == "OPTIONS":
            self._say(text, "200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER")
        else:
            self._say(text, "200 OK", "Session: 4711")
            return method != "TEARDOWN"
        return True

    async def _describe(self, fake: Fake, text: str, login: re.Match[str] | None) -> bool:
        if fake.refuses or (fake.login and not (login and self._matches(fake.login, login))):
            self._say(text, "401 Unauthorized", f"WWW-Authenticate: Basic {REALM}")
            return True
        match fake.mode:
            case "redirect":
                self._say(text, "302 Moved Temporarily", f"Location: {self._server.url(fake.path)}")
                return True
            case "endless-header":
                self._writer.write(b"RTSP/1.0 200 OK\r\nCSeq: 2\r\n")
                while True:
                    self._writer.write(b"X-More: and more\r\n" * 200)
                    await self._writer.drain()
                    await asyncio.sleep(0.005)
            case "endless-sdp":
                self._writer.write(b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\n"
                                   b"Content-Length: 1000000000\r\n\r\nv=0\r\n")
                while True:
                    self._writer.write(b"a=more:and more\r\n" * 1000)
                    await self._writer.drain()
                    await asyncio.sleep(0.005)
            case _:
                self._say(text, "200 OK", "Content-Type: application/sdp", body=_sdp(fake))
        return True

    @staticmethod
    def _matches(login: tuple[str, str], given: re.Match[str]) -> bool:
        expected = base64.b64encode(":".join(login).encode()).decode()
        return given[1].lower() == "basic" and given[2].strip() == expected

    def _say(self, request: str, status: str, *headers: str, body: str = "") -> None:
        number = re.search(r"(?im)^cseq: *(\d+)", request)
        lines = [f"RTSP/1.0 {status}", f"CSeq: {number[1] if number else 0}", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    async def _play(self, fake: Fake) -> None:
        sequence, stamp, playing = 0, 90_000, fake.clip
        fake.playing += 1
        try:
            index, due = 0, self._server._loop.time()
            while fake.open:
                step = 1 / fake.clip.fps
                due = max(due + step, self._server._loop.time() - 0.5)
                await asyncio.sleep(max(0.0, due - self._server._loop.time()))
                if fake.silent:
                    continue
                if fake.clip is not playing:
                    playing, index = fake.clip, 0
                data, key = playing.units[0 if fake.same else index % len(playing.units)]
                index += 1
                if fake.mode == "huge" and key:
                    data = with_parameter_set(data, h264_parameter_set(16384, 16384))
                stamp += {"even": 90_000 // playing.fps, "repeat": 0, "jump": 90_000 * 7200 if index == 20 else 6000,
                          "backward": -6000 if index % 3 == 0 else 6000}[fake.stamps]
                for payload, last in _payloads(playing, data):
                    head = bytes((0x80, TYPE | (0x80 if last else 0))) + (sequence & 0xFFFF).to_bytes(2, "big") + \
                        (stamp & 0xFFFFFFFF).to_bytes(4, "big") + b"\x12\x34\x56\x78"
                    sequence += 1
                    packet = head + payload
                    self._writer.write(b"$\x00" + len(packet).to_bytes(2, "big") + packet)
                fake.sent += 1
                await self._writer.drain()
        except OSError:
            pass                        # the client went away
        finally:
            fake.playing -= 1
            self._writer.transport.abort()

    async def _http(self, fake: Fake) -> None:
        self._writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=picture\r\n\r\n")
        fake.playing += 1
        index = 0
        try:
            while fake.open:
                await asyncio.sleep(1 / fake.clip.fps)
                if fake.silent:
                    continue
                data = fake.clip.units[index % len(fake.clip.units)][0]
                index += 1
                self._writer.write(b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data)
                                   + data + b"\r\n")
                await self._writer.drain()
                fake.sent += 1
        finally:
            fake.playing -= 1


def _sdp(fake: Fake) -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=fake", "c=IN IP4 0.0.0.0", "t=0 0"]
    if fake.mode == "no-video":
        return "\r\n".join([*lines, "m=audio 0 RTP/AVP 0", "a=control:track1", ""])
    lines += [f"m=video 0 RTP/AVP {TYPE}"]
    codec, first = fake.clip.codec, fake.clip.first
    if codec == "h264":
        if fake.mode.startswith("huge"):
            first = with_parameter_set(first, h264_parameter_set(16384, 16384))
        sets = [first[begin:end] for begin, end in nal_units(first) if nal_type("h264", first[begin]) in (7, 8)]
        encoded = ",".join(base64.b64encode(one).decode() for one in sets)
        lines += [f"a=rtpmap:{TYPE} H264/90000", f"a=fmtp:{TYPE} packetization-mode=1;sprop-parameter-sets={encoded}"]
    elif codec == "hevc":
        lines += [f"a=rtpmap:{TYPE} H265/90000"]
    else:
        lines += [f"a=rtpmap:{TYPE} MP4V-ES/90000",
                  f"a=fmtp:{TYPE} profile-level-id=1;config={fake.clip.configuration.hex()}"]
    return "\r\n".join([*lines, "a=control:track1", ""])


def _payloads(clip: Clip, data: bytes) -> Iterator[tuple[bytes, bool]]:
    """(RTP payload, last of the picture): whole NAL units, or fragments of long ones."""
    if clip.codec == "mpeg4":
        parts = [data[at : at + PAYLOAD] for at in range(0, len(data), PAYLOAD)]
        yield from ((part, index == len(parts) - 1) for index, part in enumerate(parts))
        return
    units = [data[begin:end] for begin, end in nal_units(data)]
    for number, unit in enumerate(units):
        last = number == len(units) - 1
        if len(unit) <= PAYLOAD:
            yield unit, last
            continue
        head = 1 if clip.codec == "h264" else 2
        body = unit[head:]
        for at in range(0, len(body), PAYLOAD):
            begins, ends = at == 0, at + PAYLOAD >= len(body)
            flags = (0x80 if begins else 0) | (0x40 if ends else 0)
            if clip.codec == "h264":
                prefix = bytes(((unit[0] & 0xE0) | 28, flags | (unit[0] & 31)))
            else:
                prefix = bytes(((unit[0] & 0x81) | (49 << 1), unit[1], flags | ((unit[0] >> 1) & 63)))
            yield prefix + body[at : at + PAYLOAD], last and ends
