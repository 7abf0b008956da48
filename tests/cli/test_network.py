"""Searching and trying from the command line, on real virtual cameras of this machine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import discover, trial
from app.cli.trial import Trial
from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices import finding
from app.devices.asker import TRUSTED
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.errors import OperatorError
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.registry import Registry
from tests.devices.certificate import self_signed

NOWHERE = "rtsp://127.0.0.1:1/main"


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    server = OnvifServer(Virtual(Identity("Kubah", "SN-1", {"main": NOWHERE}), Head()), {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


def camera(dome: OnvifServer, password: str = "rahasia") -> Camera:
    return Camera("", 107, "Kubah", streams=(StreamProfile(StreamRole.MAIN, NOWHERE),),
                  credentials=Credentials("operator", Secret(password)),
                  device=Device(service=f"{dome.base}/onvif/device_service"))


def words(tmp_path: Path, *extra: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    discover.add(parser.add_subparsers())
    return parser.parse_args(["discover", *extra, "--registry", str(tmp_path / "r.db")])


def test_a_search_tells_what_is_known_and_what_was_asked(dome: OnvifServer, tmp_path: Path,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    with Registry.open(tmp_path / "r.db") as registry:
        registry.save_cameras(camera(dome))
    given = words(tmp_path, "--range", "127.0.0.1", "--ports", f"1,{dome.port}", "--json")
    assert given.run(given) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["address"], line["camera"]) for line in lines if line["kind"] == "device"] == [
        (f"{dome.base}/onvif/device_service", 107)]
    assert [(line["what"], line["done"], line["total"]) for line in lines if line["kind"] == "asked"] == [
        ("127.0.0.1", 2, 2)]


@pytest.mark.parametrize("extra", [("--interface", "203.0.113.9"), ("--range", "10.0.0.0/8"), ("--ports", "x")])
def test_what_cannot_be_asked_is_refused_in_a_sentence(tmp_path: Path, extra: tuple[str, str]) -> None:
    given = words(tmp_path, *extra)
    with pytest.raises(OperatorError):
        given.run(given)


def test_a_trial_goes_step_by_step_and_names_the_one_that_fails(dome: OnvifServer) -> None:
    said: list[str] = []
    assert Trial(camera(dome), said.append).run() is False
    assert [line[0] for line in said[:-1]] == ["✓"] * 5 + ["✗"]
    assert "Lawang Virtual PTZ" in said[2] and "1280×720 H.264" in said[3]
    assert said[-1].lstrip().startswith("→")


def test_a_refused_password_is_told_and_not_tried_on_the_stream(dome: OnvifServer) -> None:
    said: list[str] = []
    assert Trial(camera(dome, "falsch"), said.append).run() is False
    assert [line[0] for line in said] == ["✓", "✓", "✗", " ", "–"]
    assert dome.refusals == 1 and "falsch" not in "".join(said)


def test_a_certificate_is_shown_trusted_by_its_fingerprint_and_remembered(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    tls, pin = self_signed(tmp_path)
    server = OnvifServer(Virtual(Identity("Kubah", "SN-1", {}), Head()), {"operator": "rahasia"}, tls=tls)
    server.start()
    monkeypatch.setattr(finding, "TLS_PORTS", (server.port,))
    try:
        with Registry.open(tmp_path / "r.db") as registry:
            [kept] = registry.save_cameras(replace(camera(server), streams=()))
        parser = argparse.ArgumentParser()
        trial.add(parser.add_subparsers())

        def test(*extra: str) -> tuple[int, str]:
            given = parser.parse_args(["test", "107", *extra, "--registry", str(tmp_path / "r.db")])
            return given.run(given), capsys.readouterr().out
        code, out = test()
        assert code == 1 and f"--trust {pin}" in out and not server.requests
        code, out = test("--trust", "00" * 32)
        assert code == 1 and not server.requests            # another one than is shown is not trusted
        code, out = test("--trust", pin.replace(":", "").lower())
        assert code == 0 and pin in out and "Lawang Virtual PTZ" in out
        assert test()[0] == 0                               # remembered
        with Registry.open(tmp_path / "r.db") as registry:
            registry.device_facts.forget(kept.id, TRUSTED)
        given = words(tmp_path, "--range", "127.0.0.1", "--ports", str(server.port), "--trust", pin)
        assert given.run(given) == 0
        assert pin in capsys.readouterr().out
        with Registry.open(tmp_path / "r.db") as registry:
            assert registry.device_facts.named(TRUSTED)[kept.id].value == {"sha256": pin}
    finally:
        server.close()
