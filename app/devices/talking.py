"""One connection to a device: HTTP over asyncio, every wait and every answer bounded as a whole.

Runs on: the event loop of the process that listens, or that of the device thread that learns. No zeep, no WSDL.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from urllib.parse import urlsplit

from lxml import etree

from app.devices.probing import local, named, parsed
from app.model.errors import CameraError
from app.model.secret import Credentials
from app.runtime import certificates, wsse
from app.runtime.login import Login

CONNECT_S, ANSWER_S = 3.0, 6.0
MOST_BYTES = 512 << 10          # 100 notifications are under 150 kB
MOST_HEADERS = 64
_KIND = "application/soap+xml; charset=utf-8"
_LINE = 8 << 10                 # bytes of a header line
_NAMESPACES = ('xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" '
               'xmlns:v="http://www.onvif.org/ver10/events/wsdl" xmlns:n="http://docs.oasis-open.org/wsn/b-2"')
_ENVELOPE = "<s:Envelope {names}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
_LOGIN_WORDS = ("notauthorized", "not authorized", "failedauthentication")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


class Talk:
    """A device reached by ``url``. ``login``: "none", "wsse" or "digest"; ``pin``: see app.runtime.certificates.

    ``most``: bytes of an answer. Not for two requests at a time. Errors are CameraError with the cause.
    """

    def __init__(self, url: str, credentials: Credentials, *, login: str = "none", offset_s: float = 0.0,
                 pin: str = "", most: int = MOST_BYTES) -> None:
        parts = urlsplit(url)
        self.host, self._tls = parts.hostname or "", parts.scheme == "https"
        try:
            self.port = parts.port or (443 if self._tls else 80)
        except ValueError:                  # host:port:port
            self.port = 443 if self._tls else 80
        self._credentials, self._kind, self._pin, self._most = credentials, login, pin, most
        self.offset_s = offset_s
        self._digest = Login(credentials)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._at = 0                        # the port that is open

    async def ask(self, path: str, body: str, *, header: str = "", port: int = 0, answer_s: float = ANSWER_S,
                  signed: bool = True) -> etree._Element:
        """The answer's Body. ``header``: further elements of the SOAP header; ``port``: another one of that host.

        Raises CameraError: "unauthorised", "fault" with its words, "timeout", "closed", "no-route", "nonsense", and
        those of a certificate.
        """
        token = wsse.security(self._credentials, self.offset_s) if signed and self._kind == "wsse" \
            and self._credentials else ""
        envelope = _ENVELOPE.format(names=_NAMESPACES, header=token + header, body=body).encode()
        status, _challenges, answer = await self.post(path, envelope, port=port, answer_s=answer_s,
                                                      digest=signed and self._kind == "digest")
        root = parsed(answer) if answer.strip() else None
        fault = named(root, "Fault") if root is not None else None
        if fault is not None:
            said = " ".join(" ".join(str(word) for word in fault.itertext()).split())[:200]
            raise CameraError("unauthorised" if any(w in said.lower() for w in _LOGIN_WORDS) else "fault", said)
        if status in (401, 403):
            raise CameraError("unauthorised")
        inside = next((each for each in root if local(each) == "Body"), None) if root is not None else None
        if inside is None or status >= 300:
            raise CameraError("nonsense", f"HTTP {status}")
        return inside

    async def close(self) -> None:
        """Hang up; never raises."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 0.2)

    async def post(self, path: str, envelope: bytes, *, kind: str = _KIND, port: int = 0, answer_s: float = ANSWER_S,
                   digest: bool = False) -> tuple[int, list[str], bytes]:
        """Status, what the answer's WWW-Authenticate said, and its body. ``digest``: a challenge is answered, once.

        ``kind``: the content type. A connection that the device closed while it lay idle is opened anew, once.
        """
        port, renewed = port or self.port, False
        for _turn in range(3):              # an idle connection that was closed, then a challenge
            kept = self._streams is not None and self._at == port
            try:
                status, challenges, body = await self._exchange(path, port, envelope, kind, answer_s, digest)
            except CameraError as error:
                if error.cause == "closed" and kept:
                    continue
                raise
            if status != 401 or not digest or not challenges:
                if digest and status != 401:
                    self._digest.accepted()
                return status, challenges, body
            renewed = self._digest.refused(challenges, renewed)
        raise CameraError("closed")

    # --- inside ---

    async def _exchange(self, path: str, port: int, envelope: bytes, kind: str, answer_s: float,
                        digest: bool) -> tuple[int, list[str], bytes]:
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await self._open(port)
            login = self._digest.header("POST", path) if digest else ""
            writer.write((f"POST {path} HTTP/1.1\r\nHost: {self.host}:{port}\r\n"
                          f"Content-Type: {kind}\r\n"
                          f"Content-Length: {len(envelope)}\r\n"
                          + (f"Authorization: {login}\r\n" if login else "") + "\r\n").encode() + envelope)
            async with asyncio.timeout(answer_s):
                await writer.drain()
                return await self._receive(reader)
        except TimeoutError:
            await self.close()
            raise CameraError("timeout") from None
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise CameraError("closed", type(error).__name__) from None
        except (ssl.SSLError, ValueError, asyncio.LimitOverrunError) as error:
            await self.close()
            raise CameraError("nonsense", type(error).__name__) from None
        except OSError as error:
            await self.close()
            raise CameraError("no-route", type(error).__name__) from None
        except BaseException:               # given up, or a certificate: what is half said is no connection any more
            await self.close()
            raise

    async def _open(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is not None and self._at == port and not self._streams[1].is_closing():
            return self._streams
        await self.close()
        secure = certificates.context() if self._tls else None
        reader, writer = await asyncio.open_connection(self.host, port, ssl=secure, limit=_LINE)
        self._streams, self._at = (reader, writer), port
        if self._tls:
            certificates.check(writer.get_extra_info("ssl_object"), self._pin)
        return reader, writer

    async def _receive(self, reader: asyncio.StreamReader) -> tuple[int, list[str], bytes]:
        version, code, *_words = (await self._line(reader)).split(None, 2)
        status, length, chunked, challenges = int(code), -1, False, []
        stays = version == b"HTTP/1.1"
        for _n in range(MOST_HEADERS + 1):
            line = await self._line(reader)
            if not line:
                break
            name, _colon, value = line.decode("latin-1").partition(":")
            name, value = name.strip().lower(), value.strip()
            match name:
                case "content-length":
                    length = int(value)
                case "transfer-encoding":
                    chunked = "chunked" in value.lower()
                case "www-authenticate":
                    challenges.append(value)
                case "connection":
                    stays = "close" not in value.lower()
        else:
            raise ValueError("too many headers")
        if chunked:
            body = await self._chunks(reader)
        elif length >= 0:
            if length > self._most:
                raise ValueError("the answer is too long")
            body = await reader.readexactly(length)
        else:
            body, stays = await self._rest(reader), False
        if not stays:
            await self.close()
        return status, challenges, body

    @staticmethod
    async def _line(reader: asyncio.StreamReader) -> bytes:
        return (await reader.readuntil(b"\n")).rstrip(b"\r\n")

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        body = bytearray()
        while True:
            head = _SIZE.match(await self._line(reader))
            if head is None:
                raise ValueError("no chunk")
            size = int(head[0], 16)
            if len(body) + size > self._most:
                raise ValueError("the answer is too long")
            if not size:
                while await self._line(reader):     # trailers; the answer's deadline bounds them
                    continue
                return bytes(body)
            body += await reader.readexactly(size)
            await self._line(reader)

    async def _rest(self, reader: asyncio.StreamReader) -> bytes:
        body = bytearray()
        while piece := await reader.read(64 << 10):
            body += piece
            if len(body) > self._most:
                raise ValueError("the answer is too long")
        return bytes(body)
