"""Two tries for one login at one door, whoever has them and whenever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.refused import RefusedStream
from app.model.secret import Credentials, Secret
from app.video.doors import START_S, WAIT_S, Answer, Doors, door_of

URL = "rtsp://10.0.0.5/ch1"
DOOR = "10.0.0.5:554"
LOGIN = Credentials("operator", Secret("salah"))


class Desk:
    """Doors, and what the register would keep of them."""

    def __init__(self, kept: dict[str, tuple[Credentials, RefusedStream]] | None = None) -> None:
        self.kept = dict(kept or {})
        self.doors = Doors(self._told)
        self.doors.take(self.kept)

    def _told(self, camera: str, login: Credentials, told: RefusedStream) -> None:
        if told.tries:
            self.kept[camera] = login, told
        else:
            del self.kept[camera]

    def ask(self, camera: Camera, stream: str = "", now: float = 0.0, url: str = URL) -> Answer:
        return self.doors.ask(stream or camera.id, camera, url, now)

    def refused(self, camera: Camera, stream: str = "", *, plays: bool = False) -> bool:
        return self.doors.refused(stream or camera.id, camera, URL, plays=plays)

    def let_in(self, camera: Camera) -> None:
        self.doors.let_in(camera.id, camera, URL)


def camera(name: str, login: Credentials = LOGIN) -> Camera:
    return Camera(name, 1 + sum(name.encode()), name, streams=(StreamProfile(StreamRole.MAIN, URL),),
                  credentials=login)


A, B, C = camera("a"), camera("b"), camera("c")


def test_two_tries_then_none():
    desk = Desk()
    assert desk.ask(A) is Answer.NOW and desk.refused(A)
    assert desk.ask(A) is Answer.NOW and not desk.refused(A)
    assert desk.ask(A, now=1e6) is Answer.NEVER
    assert desk.kept == {"a": (LOGIN, RefusedStream(DOOR, 2))}


@pytest.mark.parametrize("spent", [1, 2])
def test_another_program_goes_on_counting(spent):
    first = Desk()
    for _ in range(spent):
        first.refused(A)
    second = Desk(first.kept)
    expected = Answer.NOW if spent == 1 else Answer.NEVER
    assert second.ask(B) is expected, "another channel of the same recorder"
    assert second.ask(A, now=START_S) is expected
    assert not second.refused(A) and second.kept["a"][1].tries == 2


def test_channels_of_a_recorder_share_their_tries_and_wait_for_each_other():
    desk = Desk()
    assert [desk.ask(one) for one in (A, B, C)] == [Answer.NOW, Answer.NOW, Answer.WAIT]
    desk.refused(A)
    assert desk.ask(C) is Answer.WAIT, "one is left, and that one is under way"
    assert not desk.refused(B)
    assert [desk.ask(one) for one in (A, B, C)] == [Answer.NEVER] * 3
    assert sum(told.tries for _login, told in desk.kept.values()) == 2
    assert Desk(desk.kept).ask(C) is Answer.NEVER


def test_one_that_is_let_in_opens_the_door_to_all():
    desk = Desk()
    desk.ask(A)
    desk.ask(B)
    desk.let_in(A)
    assert desk.ask(C) is Answer.NOW and desk.kept == {}


def test_a_door_that_hangs_keeps_nobody_waiting():
    desk = Desk()
    desk.ask(A)
    desk.ask(B)
    assert desk.ask(C, now=START_S - 1) is Answer.WAIT, "a worker that starts has not knocked yet"
    desk.doors.knocks("a", START_S - 1)
    desk.doors.knocks("b", START_S - 1)
    asked = START_S - 1 + WAIT_S
    assert desk.ask(C, now=asked - 0.1) is Answer.WAIT and desk.ask(C, now=asked) is Answer.NOW
    assert desk.ask(A, now=asked) is Answer.NOW


def test_one_that_fails_for_another_reason_makes_room():
    desk = Desk()
    desk.ask(A)
    desk.ask(B)
    assert desk.ask(C) is Answer.WAIT
    desk.doors.left("a")
    assert desk.ask(C) is Answer.NOW


def test_who_is_refused_where_others_are_let_in_is_refused_alone():
    desk = Desk()
    desk.let_in(A)
    assert desk.refused(B, plays=True) and not desk.refused(B, plays=True)
    assert (desk.ask(B), desk.ask(C)) == (Answer.NEVER, Answer.NOW)
    later = Desk(desk.kept)
    assert (later.ask(B), later.ask(C)) == (Answer.NEVER, Answer.NOW)


def test_who_was_refused_first_is_alone_once_another_is_let_in():
    desk = Desk()
    desk.refused(A)
    desk.let_in(B)
    desk.refused(A, plays=True)
    assert desk.kept["a"][1] == RefusedStream(DOOR, 2, alone=True)
    assert Desk(desk.kept).ask(C) is Answer.NOW


def test_a_password_that_was_changed_over_there_is_refused_to_all():
    desk = Desk()
    desk.let_in(A)
    assert desk.refused(A)
    assert not desk.refused(B)
    assert desk.ask(C) is Answer.NEVER


def test_retry_gives_two_more():
    desk = Desk(Desk().kept | {"a": (LOGIN, RefusedStream(DOOR, 2))})
    desk.doors.forgive(A, URL)
    assert desk.kept == {}
    assert desk.ask(A) is Answer.NOW and desk.refused(A) and desk.ask(A) is Answer.NOW and not desk.refused(A)
    assert desk.ask(A) is Answer.NEVER


def test_news_that_were_under_way_when_it_was_forgiven_here_change_nothing():
    old = {"a": (LOGIN, RefusedStream(DOOR, 2))}
    desk = Desk(old)
    desk.doors.forgive(A, URL)
    assert desk.doors.take(old) == set() and desk.ask(A) is Answer.NOW
    assert desk.refused(A)
    assert desk.doors.take({}) == set(), "that is our own word"
    assert not desk.refused(A), "the first one still counts"


def test_forgiven_by_another_program():
    desk = Desk({"a": (LOGIN, RefusedStream(DOOR, 2))})
    assert desk.doors.take({}) == {"a"}
    assert desk.ask(A) is Answer.NOW


def test_another_login_and_another_host_are_other_doors():
    desk = Desk({"a": (LOGIN, RefusedStream(DOOR, 2))})
    assert desk.ask(camera("a", Credentials("operator", Secret("benar")))) is Answer.NOW
    assert desk.ask(A, url="rtsp://10.0.0.6/ch1") is Answer.NOW
    assert desk.ask(A, url="rtsp://operator@10.0.0.5:554/ch9") is Answer.NEVER


def test_a_camera_without_login_waits_for_nobody_and_is_not_remembered():
    desk, one = Desk(), camera("a", Credentials())
    assert [desk.ask(camera(name, Credentials())) for name in "abcd"] == [Answer.NOW] * 4
    assert desk.refused(one) and not desk.refused(one) and desk.ask(one) is Answer.NEVER
    assert desk.kept == {}
    desk.doors.forgive(one, URL)
    assert desk.ask(one) is Answer.NOW


@given(st.lists(st.sampled_from("abcd"), max_size=40), st.sets(st.integers(0, 40)))
def test_whatever_happens_a_wrong_password_is_sent_twice(order, restarts):
    desk, sent, under_way = Desk(), 0, set()
    for step, name in enumerate(order):
        if step in restarts:
            desk, under_way = Desk(desk.kept), set()
        if name in under_way:
            under_way.discard(name)
            desk.refused(camera(name))
        elif desk.ask(camera(name)) is Answer.NOW:
            under_way.add(name)
            sent += 1
            # Who dies between a question and its answer could not write the answer down.
            if any(later in restarts for later in range(step + 1, len(order))):
                under_way.discard(name)
                desk.refused(camera(name))
    assert sent <= 2


@pytest.mark.parametrize(("url", "door"), [
    ("rtsp://10.0.0.5/x", DOOR), ("rtsps://10.0.0.5/x", "10.0.0.5:322"),
    ("rtsp://u:p@CAM.local:8554/x", "cam.local:8554"), ("rtsp://u:p@10.0.0.5:99999/x", "10.0.0.5:99999/x")])
def test_the_door_of_an_address(url, door):
    assert door_of(url) == door
