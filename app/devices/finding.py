"""A search of the network: WS-Discovery on chosen interfaces, and ranges asked one by one, slowly. Without any login.

Runs on: the thread that calls ``run``, with an event loop of its own; ``cancel`` may come from any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from app.devices.probing import GROUP, LONGEST_ANSWER, PORT, TYPES, device, local, matches, named, parsed, probe
from app.devices.ranges import addresses_in, interfaces
from app.model.found import Asked, FoundDevice, Search
from app.runtime import certificates

TIMES, PAUSE_S, LISTEN_S = 3, 0.35, 2.5     # probes are sent three times, as UDP is lost; cameras answer within 0.5 s
MOST_ANSWERS = 4096                         # devices and datagrams per interface; beyond it somebody is joking
PER_S = 50                                  # questions a second in ranges: no firewall takes it for an attack
CONNECT_S, ANSWER_S, NAME_S = 1.5, 2.5, 0.6
LONGEST_BODY = 32 << 10                     # bytes of an answer to GetSystemDateAndTime: 2 kB is much
TLS_PORTS = (443, 8443)                     # asked by TLS where an operator names them
TOLD_EVERY = 10                             # questions between two words about how far it is
_QUESTION = ('<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
             '<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>')
_PATH = "/onvif/device_service"

type Told = Callable[[FoundDevice | Asked], None]


class Finding:
    """One search. ``told`` hears devices as they answer, again when more is known of one, and what was asked."""

    def __init__(self, search: Search, told: Told, *, port: int = PORT, listen_s: float = LISTEN_S) -> None:
        self._search, self._told, self._port, self._listen_s = search, told, port, listen_s
        self._found: dict[str, FoundDevice] = {}
        self._ended = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._all: asyncio.Future[None] | None = None

    def run(self) -> None:
        """Ask everything and wait for the answers. Raises OperatorError for a range that is none, before any packet."""
        ranges = [(text, addresses_in(text)) for text in self._search.ranges]
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._everything(ranges))

    def cancel(self) -> None:
        """Give up: ``run`` returns within a moment."""
        self._ended.set()
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):     # it closed this moment
                loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        if self._all is not None:
            self._all.cancel()

    async def _everything(self, ranges: list[tuple[str, range]]) -> None:
        self._loop = asyncio.get_running_loop()
        both = asyncio.gather(self._multicast(), self._ranges(ranges))
        self._all = both    # type: ignore[assignment]
        if self._ended.is_set():
            both.cancel()
        await both

    # --- multicast ---

    async def _multicast(self) -> None:
        networks = {one.address: one for one in interfaces()}
        await asyncio.gather(*(self._interface(address, networks[address].network if address in networks else "")
                               for address in dict.fromkeys(self._search.interfaces)))

    async def _interface(self, address: str, network: str) -> None:
        what = f"{network or address} · {address}"
        loop = asyncio.get_running_loop()
        try:
            listening = await loop.create_datagram_endpoint(
                lambda: _Answers(lambda data, source: self._answer(data, source, network)), sock=_socket_at(address))
        except OSError as error:
            self._told(Asked(what, 0, TIMES, error.strerror or type(error).__name__))
            return
        transport = listening[0]
        try:
            for sent in range(1, TIMES + 1):
                for types in TYPES:
                    transport.sendto(probe(types), (GROUP, self._port))
                self._told(Asked(what, sent, TIMES))
                await asyncio.sleep(PAUSE_S)
            await asyncio.sleep(max(0.0, self._listen_s - TIMES * PAUSE_S))
        finally:
            transport.close()

    def _answer(self, data: bytes, source: str, network: str) -> None:
        foreign = bool(network) and ipaddress.ip_address(source) not in ipaddress.ip_network(network)
        for match in matches(data):
            found = device(match, source, foreign=foreign)
            if found is not None:
                self._tell(found)

    def _tell(self, found: FoundDevice) -> None:
        """Once per device: by its own id, by address, by hardware address; the second answer adds to the first."""
        known = self._found.get(found.key)
        if known is None:
            # Demo cities and proxies have many devices at one host: the port counts too. Paths differ by who names it.
            place = urlsplit(found.address).netloc
            known = next((one for one in self._found.values() if urlsplit(one.address).netloc == place
                          or (one.source == found.source and set(one.macs) & set(found.macs))), None)
        if known is not None:
            more = replace(known, name=known.name or found.name, make=known.make or found.make,
                           model=known.model or found.model, macs=known.macs or found.macs)
            if more != known:
                self._found[known.key] = more
                self._told(more)
            return
        if len(self._found) < MOST_ANSWERS:
            self._found[found.key] = found
            self._told(found)

    # --- ranges ---

    async def _ranges(self, ranges: list[tuple[str, range]]) -> None:
        running: set[asyncio.Task[None]] = set()
        next_at = time.monotonic()
        for text, numbers in ranges:
            total, done = len(numbers) * len(self._search.ports), 0
            self._told(Asked(text, 0, total))
            for number in numbers:
                for port in self._search.ports:
                    next_at = max(next_at + 1 / PER_S, time.monotonic())
                    await asyncio.sleep(next_at - time.monotonic())
                    task = asyncio.create_task(self._ask(str(ipaddress.IPv4Address(number)), port))
                    running.add(task)       # at most PER_S x the seconds below: about 250
                    task.add_done_callback(running.discard)
                    done += 1
                    if done % TOLD_EVERY == 0 or done == total:
                        self._told(Asked(text, done, total))
        if running:
            await asyncio.wait(running)

    async def _ask(self, host: str, port: int) -> None:
        try:
            body = await self._clock(host, port)
        except (OSError, TimeoutError, ValueError):
            return
        root = parsed(body)
        # A device that wants a login even for its clock answers with a fault: it speaks SOAP all the same.
        if root is None or local(root) != "Envelope" or named(root, "Body") is None:
            return
        scheme = "https" if port in TLS_PORTS else "http"
        address = f"{scheme}://{host}{'' if port in (80, 443) else f':{port}'}{_PATH}"
        found = FoundDevice(address, address, host)
        for match in await self._introduce(host):
            about = device(match, host)
            if about is not None and urlsplit(about.address).netloc == urlsplit(address).netloc:
                found = about               # with the path that it names itself
        self._tell(found)

    async def _clock(self, host: str, port: int) -> bytes:
        """The body of its answer. Raises OSError, TimeoutError."""
        # No login is sent, so that any certificate will do to ask who is there.
        secure = certificates.context() if port in TLS_PORTS else None
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_BODY, ssl=secure)
        try:
            writer.write((f"POST {_PATH} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\nContent-Type: "
                          f"application/soap+xml; charset=utf-8\r\nContent-Length: {len(_QUESTION)}\r\n\r\n"
                          f"{_QUESTION}").encode())
            got = b""
            async with asyncio.timeout(ANSWER_S):
                while len(got) < LONGEST_BODY and b"Envelope>" not in got:
                    piece = await reader.read(LONGEST_BODY)
                    if not piece:
                        break
                    got += piece
        finally:
            writer.close()
        start = got.find(b"<", max(got.find(b"\r\n\r\n"), 0))
        return got[start:] if start >= 0 else b""

    async def _introduce(self, host: str) -> list:  # type: ignore[type-arg]
        """What it says of itself to a probe sent to it alone; often nothing."""
        got: list = []  # type: ignore[type-arg]
        with contextlib.suppress(OSError):
            transport, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Answers(lambda data, source: got.extend(matches(data) if source == host else ())),
                local_addr=("0.0.0.0", 0))  # its answers come to whichever interface leads there
            try:
                transport.sendto(probe(), (host, self._port))
                await asyncio.sleep(NAME_S)
            finally:
                transport.close()
        return got


class _Answers(asyncio.DatagramProtocol):
    """Datagrams of one socket, counted."""

    def __init__(self, answer: Callable[[bytes, str], None]) -> None:
        self._answer, self._left = answer, MOST_ANSWERS

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._left > 0 and len(data) <= LONGEST_ANSWER:
            self._left -= 1
            self._answer(data, addr[0])

    def error_received(self, exc: Exception) -> None:
        """Nobody at that port: then nothing comes."""


def _socket_at(address: str) -> socket.socket:
    """A socket that asks on one interface only, from a port of its own: 3702 need not be free. Raises OSError."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.bind((address, 0))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    except OSError:
        made.close()
        raise
    return made
