"""Devices are found on loopback by real datagrams and real HTTP, and strangers' words are taken for what they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.discovery import Discovery, answer
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices import finding as finding_module
from app.devices.finding import Finding
from app.devices.probing import clean, device, mac_of, matches, probe
from app.devices.ranges import addresses_in, interfaces, ports_in
from app.model.errors import OperatorError
from app.model.found import Asked, FoundDevice, Search

HERE = "127.0.0.1"


@pytest.fixture
def domes() -> Iterator[list[OnvifServer]]:
    servers = [OnvifServer(Camera(Identity(f"Kubah {n}", f"SN-{n}", {}), Head()), {"operator": "rahasia"})
               for n in (1, 2)]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.close()


@pytest.fixture
def answering(domes: list[OnvifServer]) -> Iterator[Discovery]:
    discovery = Discovery([(dome.camera.identity, f"{dome.base}/onvif/device_service") for dome in domes], port=0)
    discovery.start()
    yield discovery
    discovery.close()


def search(what: Search, port: int) -> tuple[list[FoundDevice], list[Asked]]:
    told: list[FoundDevice | Asked] = []
    Finding(what, told.append, port=port, listen_s=2.5).run()
    return [one for one in told if isinstance(one, FoundDevice)], [one for one in told if isinstance(one, Asked)]


def test_domes_on_an_interface_are_found_each_once(domes: list[OnvifServer], answering: Discovery) -> None:
    found, asked = search(Search((HERE,)), answering.port)
    assert answering.probes == 9                            # three kinds of question, three times
    assert sorted(one.address for one in found) == sorted(f"{dome.base}/onvif/device_service" for dome in domes)
    assert {(one.name, one.make, one.model) for one in found} == {
        ("Kubah 1", "Lawang", "Virtual PTZ"), ("Kubah 2", "Lawang", "Virtual PTZ")}
    assert asked[-1].done == asked[-1].total and "127.0.0.0/8" in asked[-1].what
    assert all(not dome.requests for dome in domes)         # nobody was asked over HTTP, nobody was sent a login


def test_a_range_is_asked_without_a_login_and_named_by_a_probe(domes: list[OnvifServer], answering: Discovery) -> None:
    found, asked = search(Search(ranges=(HERE,), ports=(1, domes[0].port, domes[1].port)), answering.port)
    assert {one.address: one.name for one in found} == {
        f"{dome.base}/onvif/device_service": dome.camera.identity.name for dome in domes}
    assert [name for dome in domes for _at, name in dome.requests] == ["GetSystemDateAndTime"] * 2
    assert all(dome.refusals == 0 for dome in domes)
    assert asked[-1] == Asked(HERE, 3, 3)


def test_the_same_device_found_both_ways_is_one(domes: list[OnvifServer], answering: Discovery) -> None:
    found, _asked = search(Search((HERE,), (HERE,), (domes[0].port,)), answering.port)
    assert len({one.address for one in found}) == len({one.key for one in found}) == 2


def test_ranges_are_asked_slowly_and_given_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    enough = threading.Event()

    async def ask(_self: object, _host: str, _port: int) -> None:
        asked.append(time.monotonic())
        if len(asked) == 30:
            enough.set()
    monkeypatch.setattr(Finding, "_ask", ask)
    one = Finding(Search(ranges=("127.0.0.0/16",)), lambda _told: None)
    thread = threading.Thread(target=one.run)
    thread.start()
    assert enough.wait(20)
    one.cancel()
    thread.join(20)
    assert not thread.is_alive()            # the whole range takes 20 minutes
    assert asked[29] - asked[0] >= 29 / finding_module.PER_S * 0.5      # the first may be late


def test_an_interface_that_went_away_is_told() -> None:
    _found, asked = search(Search(("203.0.113.77",)), 9)
    assert asked[0].cause and asked[0].done == 0


def said(body: str, scopes: str = "", namespace: str = "http://schemas.xmlsoap.org/ws/2005/04/discovery") -> bytes:
    return (f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:d="{namespace}" xmlns:a="urn:a">'
            f"<s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:1-ACCC8E010203</a:Address>"
            f"</a:EndpointReference><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{body}</d:XAddrs></d:ProbeMatch>"
            "</d:ProbeMatches></s:Body></s:Envelope>").encode()


def test_the_other_dialect_is_read_and_a_lying_address_is_shown_not_called() -> None:
    [match] = matches(said("http://192.168.1.9:8080/onvif/device_service",
                           namespace="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"))
    found = device(match, "10.1.1.5")
    assert found is not None
    assert (found.address, found.told) == ("http://10.1.1.5:8080/onvif/device_service", "192.168.1.9")


def test_one_device_has_one_address_whoever_names_it() -> None:
    told: list[FoundDevice] = []
    one = Finding(Search(), told.append)                    # type: ignore[arg-type]
    one._tell(FoundDevice("http://10.1.1.5/onvif/device_service", "http://10.1.1.5/onvif/device_service", "10.1.1.5"))
    one._answer(said("http://10.1.1.5:80/onvif/services", "onvif://www.onvif.org/name/Gerbang"), "10.1.1.5", "")
    assert [(each.key, each.name) for each in told] == [
        ("http://10.1.1.5/onvif/device_service", ""), ("http://10.1.1.5/onvif/device_service", "Gerbang")]


@pytest.mark.parametrize("xaddrs", [
    "ftp://10.1.1.5/", "http://admin:geheim@10.1.1.5/", "http://[broken/", "", "x" * 5000])
def test_addresses_of_other_kinds_are_not_devices(xaddrs: str) -> None:
    assert matches(said(xaddrs)) == []


def test_names_are_cleaned_and_macs_are_found() -> None:
    [match] = matches(said("http://10.1.1.5/", "onvif://www.onvif.org/name/Hikvision%0A%E2%80%AEgnp.evil"
                           " onvif://www.onvif.org/hardware/" + "A" * 500 + " onvif://www.onvif.org/MAC/44:47:cc:00:00:01"))
    assert (match.name, match.make, len(match.model)) == ("Hikvision gnp.evil", "Hikvision", 80)
    assert match.macs == ("44:47:CC:00:00:01",)
    assert clean("a\x00b\u202e\u2066c") == "a b c"
    assert mac_of("accc8e:0102") == "" and mac_of("ACCC8E010203") == "AC:CC:8E:01:02:03" and mac_of("0" * 12) == ""


@pytest.mark.parametrize("garbage", [
    b"", b"\x00" * 500, b"<a>" * 2000, b"\xff" * 8000, b"x" * 9000, probe("tds:Device"),
    b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ProbeMatches>&b;</ProbeMatches>',
    answer(Identity("x", "y", {}), "http://10.1.1.5/", "id").replace(b"http://10.1.1.5/", b"http://10.1.1.5:99999:1/")])
def test_garbage_is_no_device_and_no_error(garbage: bytes) -> None:
    for match in matches(garbage):
        found = device(match, "10.1.1.5")
        assert found is None or found.address.startswith("http://10.1.1.5")


def test_a_flood_ends_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_module, "MOST_ANSWERS", 5)
    told: list[object] = []
    one = Finding(Search(), told.append)
    for n in range(50):
        one._answer(said(f"http://127.0.0.1:{n + 1}/").replace(b"urn:uuid:1-", b"urn:uuid:%d-" % n), HERE, "")
    assert len(told) == 5


@pytest.mark.parametrize(("text", "count"), [
    ("10.12.1.0/24", 254), ("10.12.1.10-10.12.1.12", 3), ("10.12.1.10-12", 3), ("10.12.1.7", 1), ("10.12.1.6/31", 2)])
def test_ranges_are_understood(text: str, count: int) -> None:
    assert len(addresses_in(text)) == count


@pytest.mark.parametrize("text", ["", "10.12.1", "10.12.1.9-3", "10.0.0.0/8", "fe80::/64", "kamera", "10.12.1.1-999"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(OperatorError):
        addresses_in(text)


def test_ports_and_interfaces() -> None:
    assert ports_in("80, 8080,80") == (80, 8080)
    with pytest.raises(OperatorError):
        ports_in("80,http")
    assert any(one.loopback and one.address == HERE for one in interfaces())
