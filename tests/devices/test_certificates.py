"""A certificate is asked for once and pinned: an unknown or another one gets no byte of ours, over real TLS sockets."""

from __future__ import annotations

import queue
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices import messages
from app.devices.asker import Asker
from app.devices.learning import learn
from app.devices.listener import Listener
from app.model.camera import Camera
from app.model.errors import CameraError, OperatorError
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.ptz.connection import Connection
from app.ptz.knowing import device_of
from app.runtime.certificates import CHANGED, UNKNOWN, pin_in, shown_by
from tests.devices.certificate import self_signed
from tests.devices.test_events import Ear
from tests.ptz.conftest import until

LOGIN = Credentials("operator", Secret("rahasia"))
WAIT_S = 60.0

type Serve = Callable[..., OnvifServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[OnvifServer] = []

    def start(tls: ssl.SSLContext, port: int = 0) -> OnvifServer:
        camera = Virtual(Identity("Bundaran", "SN-7", {"main": "rtsp://127.0.0.1/main"}), Head())
        servers.append(OnvifServer(camera, {"operator": "rahasia"}, port=port, tls=tls))
        servers[-1].start()
        return servers[-1]
    yield start
    for server in servers:
        server.close()


def address(server: OnvifServer) -> str:
    return f"{server.base}/onvif/device_service"


def test_an_unknown_and_another_certificate_are_refused_before_anything_is_said(serve: Serve, tmp_path: Path) -> None:
    tls, pin = self_signed(tmp_path)
    server = serve(tls)
    with pytest.raises(CameraError) as unknown:
        learn(address(server), LOGIN)
    assert (unknown.value.cause, unknown.value.detail) == (UNKNOWN, pin) and not server.requests
    assert shown_by("127.0.0.1", server.port, 5.0) == pin
    with pytest.raises(CameraError) as changed:
        learn(address(server), LOGIN, pin=pin[:-2] + ("00" if pin[-2:] != "00" else "01"))
    assert (changed.value.cause, changed.value.detail) == (CHANGED, pin) and not server.requests
    facts = learn(address(server), LOGIN, pin=pin)
    assert facts.pin == pin and facts.ptz.startswith("https://127.0.0.1:") and facts.events.startswith("https://")


@pytest.mark.parametrize("no_wsse", [False, True])
def test_every_connection_of_a_learned_device_is_checked(serve: Serve, tmp_path: Path, no_wsse: bool) -> None:
    tls, pin = self_signed(tmp_path)
    server = serve(tls)
    server.head.faults.no_wsse = no_wsse
    facts = learn(address(server), LOGIN, pin=pin)
    assert facts.login == ("digest" if no_wsse else "wsse")
    order = device_of(Camera("cam", 1, "Camera", credentials=LOGIN, device=Device(service=address(server))), facts)
    assert order.pin == pin
    before = len(server.requests)
    for wrong in ("", pin[::-1]):
        with pytest.raises(CameraError) as refused:
            Connection(order.url, LOGIN, wrong).post(b"<x/>")
        assert refused.value.cause in (UNKNOWN, CHANGED)
    assert len(server.requests) == before
    steering = Connection(order.url, LOGIN, order.pin)
    assert steering.post(b"<x/>")[0] == 400             # an answer: it is spoken to
    steering.close()
    ear = Ear(server, login=facts.login, pin=pin)
    try:
        until(lambda: ear.of(messages.Hearing), WAIT_S)
        server.camera.points.happen("motion", True)
        until(lambda: ear.events(), WAIT_S)
    finally:
        ear.close()
    deaf = Ear(server, login=facts.login)
    try:
        until(lambda: deaf.ended, WAIT_S)
        assert [one.cause for one in deaf.of(messages.Deaf)] == [UNKNOWN]
    finally:
        deaf.close()


def test_the_operator_is_asked_once_and_again_when_it_changes(serve: Serve, tmp_path: Path) -> None:
    tls, pin = self_signed(tmp_path)
    other, new_pin = self_signed(tmp_path, "stranger")
    server = serve(tls)
    heard: queue.Queue[tuple[Any, ...]] = queue.Queue()
    asker = Asker()
    asker.learned.connect(lambda camera, facts: heard.put(("learned", camera, facts.pin)))
    asker.certificate.connect(lambda camera, cause, shown: heard.put((cause, camera, shown)))
    camera = Camera("cam", 1, "Camera", credentials=LOGIN, device=Device(service=address(server)))
    try:
        assert asker.ask(camera) and heard.get(timeout=WAIT_S) == (UNKNOWN, "cam", pin)
        assert not asker.ask(camera, now=True)          # nobody trusted it meanwhile: it is not asked again
        asker.pins["cam"] = pin
        assert asker.ask(camera, now=True) and heard.get(timeout=WAIT_S) == ("learned", "cam", pin)
        server.close()
        stranger = serve(other, server.port)
        assert asker.ask(camera, now=True) and heard.get(timeout=WAIT_S) == (CHANGED, "cam", new_pin)
        assert not stranger.requests and not asker.ask(camera, now=True)
        asker.pins["cam"] = new_pin
        assert asker.ask(replace(camera), now=True) and heard.get(timeout=WAIT_S) == ("learned", "cam", new_pin)
    finally:
        asker.close()


def test_a_change_that_the_listener_met_is_asked_about_and_the_device_left_alone_until_then(
        serve: Serve, tmp_path: Path) -> None:
    tls, pin = self_signed(tmp_path)
    server = serve(tls)
    facts = learn(address(server), LOGIN, pin=pin)
    camera = Camera("cam", 1, "Camera", credentials=LOGIN, device=Device(service=address(server)))
    server.close()
    other, new_pin = self_signed(tmp_path, "stranger")
    stranger = serve(other, server.port)
    heard: queue.Queue[tuple[str, str, str]] = queue.Queue()
    asked: queue.Queue[tuple[str, str, str]] = queue.Queue()
    listener, asker = Listener(), Asker()
    asker.pins["cam"] = pin
    listener.deaf.connect(lambda *said: heard.put(said))
    asker.certificate.connect(lambda *said: asked.put(said))
    try:
        listener.hear({"cam": (camera, facts)})
        name, cause, shown = heard.get(timeout=WAIT_S)
        assert (name, cause, shown) == ("cam", CHANGED, new_pin) and not stranger.requests
        asker.refused_elsewhere(camera, cause, shown)
        assert asked.get(timeout=WAIT_S) == ("cam", CHANGED, new_pin)
        assert asker.waits("cam") and not asker.ask(camera, now=True)
        asker.pins["cam"] = new_pin
        assert asker.ask(camera, now=True)
    finally:
        listener.close()
        asker.close()


def test_fingerprints_are_read_as_people_write_them() -> None:
    pin = ":".join(["AB"] * 32)
    assert pin_in("ab" * 32) == pin_in("SHA256:" + pin) == pin_in(pin.lower().replace(":", " ")) == pin
    for text in ("", "AB", "Z" * 64, pin + ":AB"):
        with pytest.raises(OperatorError):
            pin_in(text)
