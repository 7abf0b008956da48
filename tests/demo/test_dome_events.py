"""Domes of a running city notice things on demand, as ``demo control 0107 motion`` does."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo.city import DemoCity
from app.demo.control import command
from app.devices.listener import Listener
from app.model.camera import Camera
from app.model.device import DeviceFacts
from tests.ptz.conftest import until

pytestmark = pytest.mark.city
WAIT_S = 60.0


def test_what_a_dome_is_told_to_notice_is_heard(tmp_path: Path) -> None:
    told: list[tuple[str, bool]] = []
    heard: list[str] = []
    listener = Listener()
    listener.noticed.connect(lambda event: told.append((event.kind.value, event.on)))
    listener.hearing.connect(heard.append)
    with DemoCity().start(tmp_path, [107]) as city:
        assert city.domes is not None
        service = city.domes.services[107]
        facts = DeviceFacts(service, events=service.replace("device_service", "event_service"))
        try:
            listener.hear({"cam": (Camera("cam", 107, "Dome"), facts)})
            until(lambda: heard, WAIT_S)
            assert command("0107", "motion", tmp_path) == 1
            until(lambda: told == [("motion", True)], WAIT_S)
            command("0107", "lose_events", tmp_path)
            until(lambda: len(heard) == 2, WAIT_S)
            command("0107", "quiet", tmp_path)
            until(lambda: told[-1] == ("motion", False), WAIT_S)
        finally:
            listener.close()
        with pytest.raises(ValueError, match="known"):
            command("0101", "motion", tmp_path)
