"""libVLC's reader and its tag reader must not both find the camera's pipe."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from app.video.pipe_end import open_pipe_end


@pytest.fixture
def fifo(tmp_path: Path) -> str:
    path = tmp_path / "feed"
    os.mkfifo(path)
    return str(path)


def test_the_number_is_one_in_base_10_and_none_in_base_0(fifo: str) -> None:
    ends = [open_pipe_end(fifo) for _ in range(40)]
    try:
        for descriptor, location in ends:
            digits = location.removeprefix("fd://")
            assert int(digits, 10) == descriptor
            assert digits.startswith("0") and set(digits) & set("89"), "octal to strtol with base 0"
            assert not os.get_inheritable(descriptor)
        os.write(ends[0][0], b"picture")
        assert os.read(ends[-1][0], 7) == b"picture"
    finally:
        for descriptor, _ in ends:
            os.close(descriptor)


def test_where_few_descriptors_are_allowed_it_still_opens(fifo: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
    try:
        descriptor, location = open_pipe_end(fifo)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    os.close(descriptor)
    assert location == f"fd://{descriptor}"
