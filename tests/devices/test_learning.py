"""A device is asked over real SOAP and tells what it is and can do; hostile ones are refused in a word."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from app.demo.onvif.answers import AUXILIARIES, Camera, Identity
from app.demo.onvif.head import Head, Look
from app.demo.onvif.server import OnvifServer
from app.devices.asking import at_our_host
from app.devices.learning import MOST_PRESETS, learn
from app.model.device import MediaProfile, Preset
from app.model.errors import CameraError
from app.model.secret import Credentials, Secret

LOGIN = Credentials("operator", Secret("rahasia"))


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    head = Head(presets={"1": ("Simpang utara", Look())})
    camera = Camera(Identity("Bundaran", "SN-7", {"main": "rtsp://10.9.9.9:554/main", "sub": "rtsp://10.9.9.9/sub"},
                             model="Dome <3>"), head)
    server = OnvifServer(camera, {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


def address(dome: OnvifServer) -> str:
    return f"{dome.base}/onvif/device_service"


def test_everything_is_learned(dome: OnvifServer) -> None:
    facts = learn(address(dome), LOGIN)
    assert (facts.make, facts.model, facts.serial) == ("Lawang", "Dome <3>", "SN-7")
    assert facts.login == "wsse" and abs(facts.clock_offset) < 10
    assert facts.ptz == f"{dome.base}/onvif/ptz_service" and facts.profile == "main"
    assert facts.presets == (Preset("1", "Simpang utara"),)
    assert facts.auxiliaries == AUXILIARIES and facts.home
    assert facts.timeout_range == (0.5, 60.0)
    assert facts.streams == {"main": "rtsp://127.0.0.1:554/main", "sub": "rtsp://127.0.0.1/sub"}
    assert facts.mac.startswith("02:4C:")
    assert facts.profiles == (MediaProfile("main", "main", "h264", 1280, 720, ("vs", "vsc")),
                              MediaProfile("sub", "sub", "h264", 640, 360, ("vs", "vsc")))
    assert "rahasia" not in repr(facts)


def test_http_digest_is_found_and_remembered(dome: OnvifServer) -> None:
    dome.head.faults.no_wsse = True
    assert learn(address(dome), LOGIN).login == "digest"


def test_of_more_presets_than_any_device_should_have_the_first_are_taken(dome: OnvifServer) -> None:
    dome.head.presets |= {str(n): (f"Arah {n}", Look()) for n in range(400)}
    assert len(learn(address(dome), LOGIN).presets) == MOST_PRESETS


def test_a_wrong_clock_is_allowed_for(dome: OnvifServer) -> None:
    dome.head.faults.clock_ahead_s = -86_400.0
    facts = learn(address(dome), LOGIN)
    assert facts.clock_offset == pytest.approx(-86_400, abs=10) and facts.ptz


@pytest.mark.parametrize("no_wsse", [False, True])
def test_a_wrong_password_is_asked_twice_at_most(dome: OnvifServer, no_wsse: bool) -> None:
    dome.head.faults.no_wsse = no_wsse
    with pytest.raises(CameraError) as refusal:
        learn(address(dome), Credentials("operator", Secret("falsch")))
    assert refusal.value.cause == "unauthorised"
    # The challenge of HTTP digest is no refusal of a password; what follows it is.
    assert dome.refusals <= (3 if no_wsse else 1)


def test_three_hundred_factory_presets_are_taken(dome: OnvifServer) -> None:
    dome.head.faults.many_presets = True
    assert len(learn(address(dome), LOGIN).presets) == 300


def test_a_device_that_hangs_up_is_a_camera_error(dome: OnvifServer) -> None:
    dome.head.faults.resets = True
    with pytest.raises(CameraError):
        learn(address(dome), LOGIN)


def test_of_half_an_answer_the_half_is_taken(dome: OnvifServer) -> None:
    dome.head.faults.broken_xml = True
    facts = learn(address(dome), LOGIN)
    assert facts.make == "Lawang" and facts.serial == ""


Serve = Callable[[bytes, int, dict[str, str]], str]


@pytest.fixture
def hostile() -> Iterator[Serve]:
    """Answers every request with these bytes."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def serve(body: bytes, status: int, headers: dict[str, str]) -> str:
        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    return          # the client had enough, as it should

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="hostile",
                         daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/onvif/device_service"
    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


BOMB = (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>&b;</s:Body></s:Envelope>')


@pytest.mark.parametrize(("body", "status", "headers"), [
    (BOMB, 200, {}), (b"<html>" * 500_000, 200, {}), (b"", 302, {"Location": "http://127.0.0.1:1/"}),
    (b"\xff\xfe\x00not xml", 200, {}), (b"<a>" * 100_000, 200, {}), (b"", 500, {})],
    ids=["entities", "endless", "redirect", "noise", "deep", "empty"])
def test_hostile_answers_end_in_a_sentence(hostile: Serve, body: bytes, status: int, headers: dict[str, str]) -> None:
    with pytest.raises(CameraError) as trouble:
        learn(hostile(body, status, headers), LOGIN)
    assert trouble.value.cause in ("nonsense", "fault", "closed", "no-route")
    assert "rahasia" not in str(trouble.value)


def test_nobody_there(dome: OnvifServer) -> None:
    dome.close()
    with pytest.raises(CameraError) as trouble:
        learn(address(dome), LOGIN)
    assert trouble.value.cause in ("closed", "no-route")


@pytest.mark.parametrize(("told", "wanted"), [
    ("http://192.168.0.9/onvif/ptz", "http://10.1.1.1:8080/onvif/ptz"),
    ("http://127.0.0.1:80:80/onvif/ptz", "http://10.1.1.1:8080/onvif/ptz"),
    ("/onvif/ptz?x=1", "http://10.1.1.1:8080/onvif/ptz?x=1"), ("", "http://10.1.1.1:8080/")])
def test_only_the_path_is_the_devices_own_to_say(told: str, wanted: str) -> None:
    assert at_our_host(told, "http://10.1.1.1:8080/onvif/device_service") == wanted
