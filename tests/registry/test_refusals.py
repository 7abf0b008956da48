"""A refused login is remembered for every program of every day, and forgotten with the login it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.model.refused import RefusedStream
from app.model.register import Device
from app.model.secret import Credentials, Secret

WRONG = Credentials("operator", Secret("salah-benar"))


@pytest.fixture
def kept(registry, camera):
    about = replace(camera(1), credentials=WRONG, device=Device(service="http://10.0.0.9/onvif/device_service"))
    return registry.save_cameras(about)[0]


def test_it_is_kept_without_the_password(registry, kept):
    assert registry.refused_logins.note(kept, 2)
    assert registry.refused_logins.all() == {kept.id: ("http://10.0.0.9/onvif/device_service", 2)}
    assert "salah-benar" not in str(registry._store.rows("SELECT json FROM device_facts"))


def test_it_outlives_the_program_and_other_changes_of_the_camera(open_registry, camera):
    first = open_registry()
    [kept] = first.save_cameras(replace(camera(1), credentials=WRONG))
    first.refused_logins.note(kept, 1)
    first.save_cameras(replace(kept, name="Simpang lain"))
    first.close()
    assert open_registry().refused_logins.all()[kept.id][1] == 1


@pytest.mark.parametrize("login", [Credentials("operator", Secret("benar")), Credentials("admin", WRONG.password),
                                   Credentials()], ids=["password", "name", "none"])
def test_another_login_takes_it_away(registry, kept, login):
    registry.refused_logins.note(kept, 2)
    registry.save_cameras(replace(kept, credentials=login))
    assert registry.refused_logins.all() == {}


def test_news_of_a_login_that_was_changed_meanwhile_is_not_believed(registry, kept):
    registry.save_cameras(replace(kept, credentials=Credentials("operator", Secret("benar"))))
    assert not registry.refused_logins.note(kept, 2)
    assert registry.refused_logins.all() == {}


def test_let_in_again_is_no_refusal(registry, kept):
    registry.refused_logins.note(kept, 1)
    assert registry.refused_logins.note(kept, 0)
    assert registry.refused_logins.all() == {}


def test_a_refused_stream_is_kept_with_the_login_that_it_is_about(open_registry, camera):
    first = open_registry()
    [kept] = first.save_cameras(replace(camera(1), credentials=WRONG))
    told = RefusedStream("10.0.0.9:554", 2, alone=True)
    assert first.refused_logins.note_stream(kept.id, WRONG, told)
    assert "salah-benar" not in str(first._store.rows("SELECT json FROM device_facts"))
    first.close()
    second = open_registry()
    assert second.refused_logins.streams() == {kept.id: (WRONG, told)} and second.refused_logins.all() == {}
    assert second.refused_logins.note_stream(kept.id, WRONG, replace(told, tries=0))
    assert second.refused_logins.streams() == {}


def test_another_login_takes_the_refusal_of_its_streams_away(registry, kept):
    registry.refused_logins.note_stream(kept.id, WRONG, RefusedStream("10.0.0.9:554", 2))
    registry.save_cameras(replace(kept, credentials=Credentials("operator", Secret("benar"))))
    assert registry.refused_logins.streams() == {}
    assert not registry.refused_logins.note_stream(kept.id, WRONG, RefusedStream("10.0.0.9:554", 2))
    assert registry.refused_logins.streams() == {}
