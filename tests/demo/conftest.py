"""One small demo city for all tests of this folder that need cameras on the wire."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from app.demo.city import DemoCity

H264, H265, MJPEG = 101, 107, 410
LOGIN = (102, "operator", "rahasia")


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def city(clips: Path) -> Generator[DemoCity]:
    logins = {LOGIN[0]: LOGIN[1:]}
    with DemoCity().start(clips, "0101,0102,0107,0410", small=True, logins=logins) as one:
        assert one.wait_ready(60)
        yield one
