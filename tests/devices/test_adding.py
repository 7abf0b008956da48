"""Ticked devices become cameras: streams chosen by size, numbers that are free, what is known left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.devices.adding import cameras_from, streams_of
from app.devices.asker import FACT, facts_from, facts_to
from app.devices.known import KnownDevices
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.device import DeviceFacts, MediaProfile
from app.model.found import FoundDevice
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.registry import Registry

LOGIN = Credentials("operator", Secret("rahasia"))


def facts(host: str, serial: str = "", mac: str = "", sizes: tuple[tuple[str, int, int], ...] = (
        ("hevc", 2560, 1440), ("h264", 1280, 720), ("h264", 640, 360), ("jpeg", 3840, 2160))) -> DeviceFacts:
    profiles = tuple(MediaProfile(f"p{n}", f"Profile {n}", *size) for n, size in enumerate(sizes))
    return DeviceFacts(f"http://{host}/onvif/device_service", "Axis", "P3245", "10", serial, mac=mac, profiles=profiles,
                       streams={one.token: f"rtsp://{host}/{one.token}" for one in profiles})


def test_the_largest_and_a_small_stream_are_taken() -> None:
    main, sub = streams_of(facts("10.1.1.5"))
    assert (main.role, main.url, main.width) == (StreamRole.MAIN, "rtsp://10.1.1.5/p0", 2560)
    assert (sub.role, sub.url, sub.width) == (StreamRole.SUB, "rtsp://10.1.1.5/p2", 640)


@pytest.mark.parametrize(("sizes", "urls"), [
    ((("hevc", 1920, 1080), ("h264", 1920, 1080)), ["p1"]), ((("", 0, 0), ("", 0, 0)), ["p0", "p1"]),
    ((("jpeg", 1920, 1080),), []), ((), [])])
def test_odd_devices(sizes: tuple[tuple[str, int, int], ...], urls: list[str]) -> None:
    assert [one.url.rpartition("/")[2] for one in streams_of(facts("h", sizes=sizes))] == urls


def test_an_address_that_the_register_refuses_is_left_out() -> None:
    strange = replace(facts("10.1.1.5"), streams={"p0": "rtsp://10.1.1.5/<x>", "p2": "rtsp://10.1.1.5/good"})
    assert [one.url for one in streams_of(strange)] == ["rtsp://10.1.1.5/good"]


def test_numbers_are_the_next_free_ones_and_known_devices_stay_as_they_are() -> None:
    by_mac = Camera("a", 200, "A", device=Device(mac="44-47-cc-00-00-01"))
    by_serial = Camera("b", 202, "B", device=Device(model="p3245", serial="sn-2"))
    by_stream = Camera("c", 203, "C", streams=(StreamProfile(StreamRole.MAIN, "rtsp://10.1.1.3/p2"),))
    learned = [("Pos", facts("10.1.1.9")), ("", facts("10.1.1.1", "SN-1", "44:47:CC:00:00:01")),
               ("", facts("10.1.1.2", "SN-2")), ("", facts("10.1.1.3")), ("Gerbang", facts("10.1.1.4", "SN-4")),
               ("Gerbang again", facts("10.1.1.44", "SN-4")), ("Mute", facts("10.1.1.8", sizes=()))]
    added = cameras_from(learned, [by_mac, by_serial, by_stream], LOGIN, 200, ("Makassar",))
    assert [(camera.number, camera.name, camera.device.serial) for camera, _facts in added.cameras] == [
        (201, "Pos", ""), (204, "Gerbang", "SN-4")]
    assert [there.number if there else None for _address, there in added.passed] == [200, 202, 203, 204, None]
    assert added.cameras[0][0].device.service == "http://10.1.1.9/onvif/device_service"
    assert added.cameras[0][0].area == ("Makassar",) and added.cameras[0][0].credentials == LOGIN


def test_before_a_login_devices_are_known_by_mac_service_and_the_host_of_a_stream() -> None:
    cameras = [Camera("a", 1, "A", device=Device(mac="4447cc000001")),
               Camera("b", 2, "B", device=Device(service="http://10.1.1.2:80/onvif/device_service")),
               Camera("c", 3, "C", streams=(StreamProfile(StreamRole.MAIN, "rtsp://10.1.1.3/x"),)),
               Camera("d", 4, "D", streams=(StreamProfile(StreamRole.MAIN, "rtsp://127.0.0.1/x"),))]
    known = KnownDevices(cameras)

    def found(host: str, *macs: str) -> Camera | None:
        return known.found(FoundDevice("k", f"http://{host}/onvif/device_service", host, macs=macs))
    assert found("10.1.1.9", "44:47:CC:00:00:01") is cameras[0]
    assert found("10.1.1.2") is cameras[1] and found("10.1.1.3") is cameras[2]
    assert found("10.1.1.9") is None and found("127.0.0.1") is None


def test_what_was_learned_comes_back_from_the_register_and_older_facts_are_understood(tmp_path: Path) -> None:
    told = facts("10.1.1.5", "SN", "44:47:CC:00:00:01")
    with Registry.open(tmp_path / "r.db") as registry:
        [(made, _facts)] = cameras_from([("x", told)], [], LOGIN, 1, ()).cameras
        [camera] = registry.save_cameras(made)
        registry.device_facts.put(camera.id, FACT, facts_to(told))
        assert facts_from(registry.device_facts.named(FACT)[camera.id].value) == told
    assert facts_from({"address": "http://10.1.1.5/"}) == DeviceFacts("http://10.1.1.5/")
