"""What a typed text makes of a camera, and why some texts are refused. No window needed."""

from __future__ import annotations

import pytest

from app.model.camera import Camera, Place, StreamProfile, StreamRole, Transport
from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.runtime.language import current_language, set_language
from widgets.register.fields import FIELDS, BadField, check, common_of, edited

CAMERA = Camera("c1", 7, "Losari", ("Makassar", "Ujung Pandang"), Place(-5.14, 119.4),
                (StreamProfile(StreamRole.MAIN, "rtsp://10.0.0.7/main", 1920, 1080),
                 StreamProfile(StreamRole.SUB, "rtsp://10.0.0.7/sub", 640, 360)), Credentials("admin", Secret("kunci")),
                tags=("malam",), notes="satu")


def one(**draft: str) -> Camera:
    return edited(CAMERA, draft, many=False)


def test_nothing_typed_changes_nothing() -> None:
    assert edited(CAMERA, {}, many=False) == CAMERA
    shows = {field.key: field.show(CAMERA) for field in FIELDS if field.key != "password"}
    assert one(**shows) == CAMERA, "what is shown, typed again, is the same camera"


@pytest.mark.parametrize(("key", "text"), [
    ("number", "0"), ("number", "12a"), ("name", " "), ("place", "119.4"), ("place", "119.4, -5.14"),
    ("height", "tinggi"), ("heading", "361"), ("mac", "12:34"), ("main", ""), ("main", "javascript:alert(1)"),
    ("area", " > ".join("abcdefghi")), ("name", "a\nb"), ("rotation", "45"), ("rotation", "")])
def test_texts_of_no_use_are_refused_in_words(key: str, text: str) -> None:
    with pytest.raises((BadField, OperatorError)) as refused:
        one(**{key: text})
    assert len(str(refused.value)) > 10
    assert check(key, text, [CAMERA], lambda _number: None) == str(refused.value)


def test_a_number_that_is_taken_names_its_holder() -> None:
    other = Camera("c2", 8, "Pelabuhan")
    assert "Pelabuhan" in check("number", "8", [CAMERA], {8: other}.get)
    assert check("number", "7", [CAMERA], {7: CAMERA}.get) == ""


def test_position_and_measures_as_people_write_them() -> None:
    assert one(place="−5.2, 119.5").place == Place(-5.2, 119.5) and one(place="").place is None
    assert one(height="7,5").height == 7.5 and one(heading="").heading is None
    assert one(rotation="270").rotation == 270 and one(rotation="0").rotation == 0
    assert one(mac="3cef8c0012ab").device.mac == "3C:EF:8C:00:12:AB"


@pytest.mark.parametrize("text", ["-5.1408,119.4072", "-5.1408;119.4072", "S -5.1408 E119.4072", "(-5.1408/119.4072)"])
def test_a_position_needs_no_blank_between_its_two_numbers(text: str) -> None:
    assert one(place=text).place == Place(-5.1408, 119.4072)


def test_login_keeps_what_is_not_typed() -> None:
    assert one(username="op").credentials == Credentials("op", Secret("kunci"))
    assert one(password="baru").credentials == Credentials("admin", Secret("baru"))
    assert not one(username="").credentials, "without a user there is no login"
    found = one(main="rtsp://x:y@10.0.0.9/a")
    assert found.credentials == Credentials("x", Secret("y")) and found.streams[0].url == "rtsp://10.0.0.9/a"


def test_streams_keep_their_size_while_their_address_stays() -> None:
    assert one(main="rtsp://10.0.0.7/main").streams == CAMERA.streams
    moved = one(main="rtsp://10.0.0.8/main")
    assert moved.stream(StreamRole.MAIN) == StreamProfile(StreamRole.MAIN, "rtsp://10.0.0.8/main")
    assert moved.stream(StreamRole.SUB) == CAMERA.streams[1]
    assert one(sub="").streams == CAMERA.streams[:1]
    assert {s.transport for s in one(transport="udp").streams} == {Transport.UDP}


def test_many_cameras_keep_their_own_address_tags_and_notes() -> None:
    many = edited(CAMERA, {"main": "rtsp://{address}:554/cam?subtype=0", "tags": "banjir, -malam", "notes": "dua"},
                  many=True)
    assert many.streams[0].url == "rtsp://10.0.0.7:554/cam?subtype=0"
    assert many.tags == ("banjir",) and many.notes == "satu\ndua"
    with pytest.raises(BadField):
        edited(CAMERA, {"main": "rtsp://10.0.0.1/same-for-all"}, many=True)


def test_what_many_have_in_common() -> None:
    other = Camera("c2", 8, "Pelabuhan", CAMERA.area)
    common = common_of([CAMERA, other])
    assert common["area"].text == "Makassar > Ujung Pandang" and common["name"].values == 2
    assert common["password"].text == ""


def test_numbers_are_written_as_the_language_writes_them() -> None:
    field = next(each for each in FIELDS if each.key == "height")
    camera = Camera("a", 1, "A", height=7.5)
    before = current_language()
    try:
        for language, text in (("id", "7,5"), ("en", "7.5")):
            set_language(language)
            assert field.show(camera) == text
    finally:
        set_language(before)
