"""Ticked devices become cameras: streams chosen by size, numbers that are free, what is known left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.devices.adding import cameras_from, channels_of, missing, streams_of
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


def recorder(serial: str = "NVR-1", *, host: str = "10.1.1.7", silent: tuple[int, ...] = ()) -> DeviceFacts:
    """Four channels with two streams each; those that are ``silent`` tell no address."""
    profiles = tuple(MediaProfile(f"ch{n}{kind}", "", "h264", width, width * 9 // 16, (f"vs{n}",))
                     for n in (1, 2, 3, 4) for kind, width in (("", 1920), ("-sub", 640)))
    return DeviceFacts(f"http://{host}/onvif/device_service", "Hikvision", "DS-7604", "4", serial, profiles=profiles,
                       streams={one.token: f"rtsp://{host}/{one.token}" for one in profiles
                                if not any(f"ch{n}" in one.token for n in silent)})


def test_a_recorder_becomes_a_camera_for_each_channel() -> None:
    added = cameras_from([("Perekam", recorder(silent=(3,)))], [], LOGIN, 101, ())
    assert [(camera.number, camera.name, [stream.url.rpartition("/")[2] for stream in camera.streams])
            for camera, _facts in added.cameras] == [
        (101, "Perekam – channel 1", ["ch1", "ch1-sub"]), (102, "Perekam – channel 2", ["ch2", "ch2-sub"]),
        (103, "Perekam – channel 4", ["ch4", "ch4-sub"])]
    assert {camera.device.serial for camera, _facts in added.cameras} == {"NVR-1"} and not added.passed
    assert [one.number for one in channels_of(recorder(silent=(1, 2, 3, 4)))] == []


@pytest.mark.parametrize("serial", ["NVR-1", ""])
def test_channels_are_known_by_the_recorder_and_their_source(serial: str) -> None:
    first = cameras_from([("Perekam", recorder(serial))], [], LOGIN, 101, ()).cameras
    # Camera 101 got another stream by hand, camera 102 another name; 103 was removed.
    here = [replace(first[0][0], id="a", streams=(StreamProfile(StreamRole.MAIN, "rtsp://10.1.1.7/by-hand"),)),
            replace(first[1][0], id="b", name="Gerbang"), replace(first[3][0], id="d")]
    added = cameras_from([("Perekam", recorder(serial))], here, LOGIN, 101, (), {"a": "vs1", "d": "vs4"})
    assert [(camera.number, camera.name) for camera, _facts in added.cameras] == [(103, "Perekam – channel 3")]
    assert [there.id for _address, there in added.passed if there] == ["a", "b", "d"]
    total, known = missing(recorder(serial), KnownDevices(here, {"a": "vs1", "d": "vs4"}))
    assert (total, [one.id for one in known]) == (4, ["a", "b", "d"])


def test_two_recorders_of_one_make_are_two_and_the_same_one_twice_is_one() -> None:
    learned = [("A", recorder("NVR-1")), ("B", recorder("NVR-2", host="10.1.1.8")), ("A", recorder("NVR-1"))]
    added = cameras_from(learned, [], LOGIN, 1, ())
    assert [camera.name.partition(" ")[0] for camera, _facts in added.cameras] == ["A"] * 4 + ["B"] * 4
    assert len(added.passed) == 4


def test_a_recorder_that_was_added_as_one_camera_gets_the_channels_that_are_missing() -> None:
    before = Camera("a", 7, "Perekam", device=Device(model="DS-7604", serial="NVR-1"),
                    streams=(StreamProfile(StreamRole.MAIN, "rtsp://10.1.1.7:554/ch2"),))
    added = cameras_from([("Perekam", recorder())], [before], LOGIN, 101, ())
    assert [camera.name[-1] for camera, _facts in added.cameras] == ["1", "3", "4"]
