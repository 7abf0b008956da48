"""The conversation with a camera, scripted answer by answer; and noise of every kind, which ends in a CameraError."""

from __future__ import annotations

import contextlib
import datetime
import re
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.video.rtsp.client import RtspStream
from tests.fakes.clips import clip
from tests.video.rtsp.packets import framed, nals, stream

LOGIN = Credentials("operator", Secret("rahasia-9zQ"))
SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n"
UNITS = tuple(unit for unit, _ in clip("h264").units[:20])
PICTURES = b"".join(map(framed, stream("h264", UNITS)))

Answer = Callable[["Server", str, str], bytes]


class Server:
    """Accepts connections one after the other and answers each request with what the script says."""

    def __init__(self, script: Answer, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.requests: list[str] = []
        self.goodbye = threading.Event()
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"rtsp{'s' if tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}/live/main?x=1"
        self._line: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="scripted-rtsp", daemon=True)
        self._thread.start()

    def methods(self) -> list[str]:
        return [text.split()[0] for text in self.requests]

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._line, _ = self._listener.accept()
                if self._tls is not None:
                    self._line = self._tls.wrap_socket(self._line, server_side=True)
                with self._line, contextlib.suppress(OSError):
                    self._talk(self._line)

    def _talk(self, line: socket.socket) -> None:
        text = b""
        while True:
            while b"\r\n\r\n" not in text:
                more = line.recv(4096)
                if not more:
                    return
                text += more
            request, _, text = text.partition(b"\r\n\r\n")
            self.requests.append(request.decode())
            if request.startswith(b"TEARDOWN"):
                self.goodbye.set()
            answer = self._script(self, request.split()[0].decode(), request.decode())
            if not answer:
                return
            line.sendall(answer)

    def close(self) -> None:
        sockets = [one for one in (self._listener, self._line) if one is not None]
        for one in sockets:                 # closed once the thread is gone: it may be about to read from them
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._thread.join(20)
        assert not self._thread.is_alive()
        for one in sockets:
            one.close()


def say(request: str, *headers: str, status: str = "200 OK", body: bytes = b"") -> bytes:
    number = re.search(r"CSeq: (\d+)", request)
    lines = [f"RTSP/1.0 {status}", f"CSeq: {number[1] if number else 0}", *headers, f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def good(_server: Server, method: str, request: str) -> bytes:
    """A camera without a flaw."""
    match method:
        case "DESCRIBE":
            return say(request, body=SDP)
        case "SETUP":
            return say(request, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 7;timeout=60")
        case "PLAY":
            return say(request) + PICTURES
        case _:
            return say(request)


@contextlib.contextmanager
def served(script: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(script, tls)
    try:
        yield server
    finally:
        server.close()


def pictures(url: str, count: int = len(UNITS), credentials: Credentials = LOGIN, silent_s: float = 5.0,
             open_s: float = 5.0) -> list:
    """The first units of a camera."""
    found = []
    with contextlib.closing(RtspStream(url, credentials, open_s=open_s, silent_s=silent_s)) as opened:
        for packet in opened.packets():
            found.append(packet)
            if len(found) == count:
                break
    return found


def cause(script: Answer, **options: float) -> str:
    with served(script) as server:
        with pytest.raises(CameraError) as caught:
            pictures(server.url, 1 << 20, **options)
        text = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert not re.search(r"rahasia|operator|127\.0\.0\.1:|/live/", text)
        return caught.value.cause


def instead(method: str, answer: bytes | Callable[[str], bytes]) -> Answer:
    """A good camera that answers one method otherwise."""
    def script(server: Server, asked: str, request: str) -> bytes:
        if asked != method:
            return good(server, asked, request)
        return answer if isinstance(answer, bytes) else answer(request)
    return script


def test_a_good_camera():
    with served(good) as server:
        found = pictures(server.url)
        assert server.goodbye.wait(20)
    assert [nals(one.data) for one in found] == [nals(unit) for unit in UNITS]
    assert server.methods() == ["DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
    assert "SETUP " + server.url + "/trackID=0 RTSP/1.0" in server.requests[1]
    assert "Session: 7\r\n" in server.requests[2] + "\r\n"
    assert not any("Authorization" in text for text in server.requests), "no login unless asked"


def test_rtsps_with_a_certificate_that_nobody_vouches_for(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "IPCamera")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - datetime.timedelta(days=9),
                                   now - datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    path = tmp_path / "camera.pem"
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption())
                     + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with served(good, context) as server:
        assert [nals(one.data) for one in pictures(server.url)] == [nals(unit) for unit in UNITS]


def test_a_line_that_is_not_encrypted_is_left_to_libav():
    with served(instead("DESCRIBE", b"")) as server, pytest.raises(CameraError) as caught:
        pictures(server.url.replace("rtsp:", "rtsps:"), open_s=1.0)
    assert caught.value.cause in ("unsupported", "timeout")


def test_a_login_cannot_write_headers():
    script = instead("DESCRIBE", lambda request: say(request, 'WWW-Authenticate: Digest realm="r", nonce="n"',
                                                     status="401 Unauthorized"))
    with served(script) as server, pytest.raises(CameraError, match="garbage"):
        pictures(server.url, credentials=Credentials("a\r\nX: y", Secret("b")))
    assert len(server.requests) == 1


def test_pictures_before_the_answer_to_play_are_kept():
    whole = 0
    for _ in range(5):
        whole += 4 + int.from_bytes(PICTURES[whole + 2 : whole + 4], "big")
    with served(instead("PLAY", lambda request: PICTURES[:whole] + say(request) + PICTURES[whole:])) as server:
        assert [nals(one.data) for one in pictures(server.url)] == [nals(unit) for unit in UNITS]


def test_noise_and_texts_between_frames_are_stepped_over():
    def play(request: str) -> bytes:
        return say(request) + b"\r\n" + say(request) + b"\x00noise\xff" * 20 + \
            b"SET_PARAMETER rtsp://x RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nabc" + PICTURES
    with served(instead("PLAY", play)) as server:
        assert [nals(one.data) for one in pictures(server.url)] == [nals(unit) for unit in UNITS]


def test_the_addresses_of_a_camera_that_names_its_base():
    base = "rtsp://192.168.1.64:554/live/main?x=1/"
    with served(instead("DESCRIBE", lambda request: say(request, f"Content-Base: {base}", body=SDP))) as server:
        pictures(server.url)
    assert f"SETUP {base}trackID=0 RTSP/1.0" in server.requests[1] and f"PLAY {base} RTSP/1.0" in server.requests[2]


@pytest.mark.parametrize(("stale", "attempts"), [("", 1), (", stale=true", 2)])
def test_a_refused_login_is_tried_once_and_a_stale_one_twice(stale, attempts):
    count = iter(range(100))

    def refuse(request: str) -> bytes:
        return say(request, f'WWW-Authenticate: Digest realm="r", nonce="{next(count)}"{stale}',
                   status="401 Unauthorized")
    with served(instead("DESCRIBE", refuse)) as server, pytest.raises(CameraError, match="unauthorised"):
        pictures(server.url)
    assert len([text for text in server.requests if "Authorization" in text]) == attempts


def test_a_new_nonce_for_each_request():
    """Dahua (rroller/dahua#603)."""
    count = iter(range(100))
    last = [""]

    def script(server: Server, method: str, request: str) -> bytes:
        if last[0] and f'nonce="{last[0]}"' in request:
            last[0] = ""
            return good(server, method, request)
        last[0] = f"n{next(count)}"
        return say(request, f'WWW-Authenticate: Digest realm="r", nonce="{last[0]}"', status="401 Unauthorized")
    with served(script) as server:
        assert len(pictures(server.url)) == len(UNITS)


def test_a_redirect_is_followed_without_taking_the_login_elsewhere():
    with served(instead("DESCRIBE", lambda request: say(
            request, 'WWW-Authenticate: Basic realm="r"', status="401 Unauthorized"))) as thief:
        location = thief.url.replace("127.0.0.1", "localhost")
        moved = instead("DESCRIBE", lambda request: say(request, f"Location: {location}", status="302 Moved"))
        with served(moved) as first, pytest.raises(CameraError, match="unauthorised"):
            pictures(first.url)
        assert thief.methods() == ["DESCRIBE"] and "Authorization" not in thief.requests[0]


def test_a_redirect_to_the_same_camera_works():
    with served(good) as there, served(instead("DESCRIBE", lambda request: say(
            request, f"Location: {there.url}", status="301 Moved"))) as here:
        assert len(pictures(here.url)) == len(UNITS)


@pytest.mark.parametrize(("location", "expected"), [
    ("http://127.0.0.1/x", "forbidden-scheme"), ("file:///etc/passwd", "forbidden-scheme"), ("", "forbidden-scheme"),
    ("rtsp://[::1", "garbage"), ("rtsp://h:99999/", "garbage")])
def test_a_redirect_leads_to_cameras_only(location, expected):
    assert cause(instead("DESCRIBE", lambda request: say(request, f"Location: {location}",
                                                         status="302 Moved"))) == expected


def test_redirects_in_a_circle_end():
    def script(server: Server, method: str, request: str) -> bytes:
        return say(request, f"Location: {server.url}", status="302 Moved")
    assert cause(script) == "server"


@pytest.mark.parametrize(("status", "expected"), [
    (400, "garbage"), (403, "forbidden"), (404, "not-found"), (453, "busy"), (500, "server"), (503, "busy")])
def test_refusals(status, expected):
    assert cause(instead("DESCRIBE", lambda request: say(request, status=f"{status} No"))) == expected


@pytest.mark.parametrize(("method", "answer"), [
    ("SETUP", lambda request: say(request, status="461 Unsupported Transport")),
    ("SETUP", lambda request: say(request, status="404 Not Found")),
    ("SETUP", lambda request: say(request, "Transport: RTP/AVP;unicast;client_port=1-2;server_port=3-4")),
    ("PLAY", lambda request: say(request, status="455 Not Valid in This State")),
    ("DESCRIBE", lambda request: say(request, body=SDP.replace(b"H264", b"JPEG")))])
def test_answers_that_another_client_may_understand(method, answer):
    assert cause(instead(method, answer)) == "unsupported"


HOSTILE = {
    "hangs up": (b"", "closed"), "noise": (bytes(range(256)) * 400, "garbage"),
    "HTTP": (b"HTTP/1.1 200 OK\r\n\r\n", "garbage"),
    "endless header": (b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 20_000, "garbage"),
    "one long line": (b"RTSP/1.0 200 OK\r\nX: " + b"y" * 200_000, "garbage"),
    "endless description": (b"RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"a=x\r\n" * 1000, "garbage"),
    "negative length": (b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", "garbage"),
    "length behind zeros": (b"RTSP/1.0 200 OK\r\nContent-Length: 000000000999999999\r\n\r\n" + b"a=x\r\n" * 1000,
                            "garbage"),
    "no status": (b"RTSP/1.0 OK\r\n\r\n", "garbage"),
    "frames for ever": (framed(bytes(60_000)) * 100, "garbage"), "half a header": (b"RTSP/1.0 200 O", "timeout"),
    "half a body": (b"RTSP/1.0 200 OK\r\nContent-Length: 50\r\n\r\nv=0", "timeout"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_answers(kind):
    answer, expected = HOSTILE[kind]
    assert cause(instead("DESCRIBE", answer), open_s=1.0 if expected == "timeout" else 20.0) == expected


def test_nobody_there_and_nobody_answers():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CameraError, match="timeout"):
            pictures(f"rtsp://127.0.0.1:{port}/", open_s=0.3)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))       # held, so that nobody else comes to listen there
        with pytest.raises(CameraError, match="refused"):
            pictures(f"rtsp://127.0.0.1:{closed.getsockname()[1]}/")


def test_silence_and_a_lost_line_are_named():
    assert cause(good, silent_s=0.3) == "timeout"
    assert cause(instead("PLAY", lambda request: say(request) + framed(b"report" * 5, 1)), silent_s=0.3) == "timeout"
    assert cause(instead("OPTIONS", b""), silent_s=3.0) == "timeout", "it waits for pictures, not for answers"


def test_noise_instead_of_frames_ends():
    assert cause(instead("PLAY", lambda request: say(request) + b"\xff\x00?" * 60_000)) == "garbage"


def test_signs_of_life_at_half_the_time_of_the_session():
    def script(server: Server, method: str, request: str) -> bytes:
        if method == "SETUP":
            return say(request, "Transport: RTP/AVP/TCP;interleaved=0-1", "Session: 7;timeout=2")
        if method == "OPTIONS":
            return say(request, "Public: OPTIONS, GET_PARAMETER")
        return good(server, method, request)
    with served(script) as server, pytest.raises(CameraError, match="timeout"):
        pictures(server.url, 1 << 20, silent_s=5.0)
    assert server.methods()[:5] == ["DESCRIBE", "SETUP", "PLAY", "OPTIONS", "GET_PARAMETER"]
    assert "Session: 7" in server.requests[3]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["DESCRIBE", "SETUP", "PLAY"]), st.sampled_from([b"", b"RTSP/1.0 200 OK\r\n", b"$\x00\x00\x20"]),
       st.binary(max_size=400))
def test_any_answer_ends_in_time(method, head, noise):
    with served(instead(method, head + noise)) as server:
        began = time.monotonic()
        with pytest.raises(CameraError):
            pictures(server.url, 1 << 20, open_s=0.1, silent_s=0.1)
        assert time.monotonic() - began < 10
