"""Two hundred kills at random moments while keys change: every time one key for all, and every password opens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.secret import Credentials, Secret
from app.registry.registry import Registry
from tests.registry.test_rekey import CAMERAS, kill_at_random

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
KILLS = 200


def test_killed_two_hundred_times(lawang_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "cameras.db"
    with Registry.open(path) as registry:
        registry.save_cameras(*(Camera("", n, f"Losari {n}", streams=(
            StreamProfile(StreamRole.MAIN, f"rtsp://10.0.0.{n % 250 + 1}/main"),),
            credentials=Credentials("admin", Secret(f"pass-{n}"))) for n in range(1, CAMERAS + 1)))
    kill_at_random(path, lawang_home, KILLS, seed=int(os.environ.get("LAWANG_SEED", "1365")))
