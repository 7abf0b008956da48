"""Profiles of both media services: H.265 stands only in the new one, and the old one serves where the new one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from lxml import etree

from app.demo.onvif.answers import Camera, Fault, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asking import stream_at_our_host
from app.devices.learning import learn
from app.model.device import MediaProfile
from app.model.secret import Credentials, Secret

LOGIN = Credentials("operator", Secret("rahasia"))
STREAMS = {"main": "rtsp://admin:geheim@10.9.9.9:8554/a?x=1&y=2", "sub": "rtsp://10.9.9.9/b"}


class Modern(Camera):
    """Its big stream is H.265, which the old service cannot name."""

    def _tr2_GetProfiles(self, request: etree._Element, base: str) -> str:
        return super()._tr2_GetProfiles(request, base).replace("H264", "H265", 1)


class Broken(Camera):
    """Lists the new service and answers nothing there."""

    def _tr2_GetProfiles(self, request: etree._Element, base: str) -> str:
        raise Fault("ter:NotAuthorized", "administrators only")


class Addressless(Camera):
    """Tells profiles, but no addresses in the new service."""

    def _tr2_GetStreamUri(self, request: etree._Element, base: str) -> str:
        raise Fault("ter:ActionNotSupported", "no")


type Serve = Callable[[Camera], OnvifServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[OnvifServer] = []

    def start(camera: Camera) -> OnvifServer:
        servers.append(OnvifServer(camera, {"operator": "rahasia"}))
        servers[-1].start()
        return servers[-1]
    yield start
    for server in servers:
        server.close()


def asked(server: OnvifServer) -> list[str]:
    return [name for _at, name in server.requests]


def test_the_new_service_is_asked_first_and_tells_of_h265(serve: Serve) -> None:
    server = serve(Modern(Identity("x", "S", STREAMS), Head()))
    facts = learn(f"{server.base}/onvif/device_service", LOGIN)
    assert facts.profiles[0] == MediaProfile("main", "main", "hevc", 1280, 720, ("vs", "vsc"))
    assert facts.streams == {"main": "rtsp://127.0.0.1:8554/a?x=1&y=2", "sub": "rtsp://127.0.0.1/b"}
    assert facts.turns and facts.profile == "main"
    assert asked(server).count("GetProfiles") == 1


@pytest.mark.parametrize("camera", [Broken, Addressless])
def test_the_old_service_serves_where_the_new_one_fails(serve: Serve, camera: type[Camera]) -> None:
    server = serve(camera(Identity("x", "S", STREAMS), Head()))
    facts = learn(f"{server.base}/onvif/device_service", LOGIN)
    assert facts.profiles == (MediaProfile("main", "main", "h264", 1280, 720, ("vs", "vsc")),
                              MediaProfile("sub", "sub", "h264", 640, 360, ("vs", "vsc")))
    assert len(facts.streams) == 2 and facts.turns
    assert asked(server).count("GetProfiles") == 2


def test_http_digest_holds_for_the_new_service_too(serve: Serve) -> None:
    server = serve(Modern(Identity("x", "S", STREAMS), Head()))
    server.head.faults.no_wsse = True
    assert learn(f"{server.base}/onvif/device_service", LOGIN).profiles[0].codec == "hevc"


@pytest.mark.parametrize(("told", "ours"), [
    ("rtsp://u:p@127.0.0.1/live", "rtsp://10.1.1.5/live"), ("rtsps://x:322/a?b", "rtsps://10.1.1.5:322/a?b"),
    ("rtsp://h:554:554/live", "rtsp://10.1.1.5/live"), ("http://h/live", ""), ("", ""), ("file:///etc/passwd", "")])
def test_stream_addresses_are_mended_and_hold_no_login(told: str, ours: str) -> None:
    assert stream_at_our_host(told, "http://10.1.1.5:8080/onvif/device_service") == ours
