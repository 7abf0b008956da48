"""Large files written past the system's memory: the same bytes wherever that is refused, and a full disk is told."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.evidence import streaming
from app.evidence.streaming import BUFFER, Streamed

PIECES = (b"head", bytes(range(256)) * 20_000, b"", os.urandom(3 << 20), b"tail")


def written(path: Path) -> bytes:
    """What has to lie there after ``fill``."""
    whole = bytearray(b"".join(PIECES))
    whole[2:4], whole[BUFFER + 5:BUFFER + 9] = b"AD", b"late"
    assert len(whole) > BUFFER and path.exists()
    return bytes(whole)


def fill(file: Streamed) -> None:
    for piece in PIECES:
        assert file.write(piece) == len(piece)
    end = file.tell()
    for at, piece in ((2, b"AD"), (BUFFER + 5, b"late")):
        file.seek(at)
        file.write(piece)
    assert file.seek(0, os.SEEK_END) == end == sum(map(len, PIECES))


def refused_at_once(patch: pytest.MonkeyPatch) -> None:
    """As file systems do that know nothing of it."""
    real = os.open

    def opens(path: Any, flags: int, *mode: int, **given: Any) -> int:
        if flags & streaming._DIRECT:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(path, flags, *mode, **given)
    patch.setattr(os, "open", opens)


def refused_later(patch: pytest.MonkeyPatch) -> None:
    """As those do that open it all the same; and a write may take less than it was given."""
    real, first = os.write, [True]

    def writes(number: int, data: Any) -> int:
        if first.pop() if first else False:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(number, data[:1_000_001])
    patch.setattr(os, "write", writes)


def never_asked(patch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    patch.setattr(streaming, "_DIRECT", 0)


@pytest.mark.parametrize("how", [lambda _: None, refused_at_once, refused_later, never_asked])
def test_every_byte_lies_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                               how: Callable[[pytest.MonkeyPatch], None]) -> None:
    with monkeypatch.context() as patch:
        how(patch)
        file = Streamed(tmp_path / "x")
        fill(file)
        file.settle()
        file.close()
    assert (tmp_path / "x").read_bytes() == written(tmp_path / "x")
    assert not [one for one in threading.enumerate() if one.name.startswith("export-disk")]


def test_only_what_is_written_can_be_written_again(tmp_path: Path) -> None:
    file = Streamed(tmp_path / "x")
    file.write(b"1234")
    with pytest.raises(ValueError):
        file.seek(5)
    file.seek(3)
    with pytest.raises(ValueError):
        file.write(b"45")
    file.close()


def test_a_full_disk_is_told_and_the_file_can_be_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        file = Streamed(tmp_path / "x")
        with pytest.raises(OSError, match="No space"):
            for _ in range(3):
                file.write(bytes(BUFFER))
        file.abandon()
        assert file.write(b"into nothing") == 12
        file.close()
        short = Streamed(tmp_path / "y")
        short.write(b"less than a buffer")
        with pytest.raises(OSError, match="No space"):
            short.settle()
    assert not [one for one in threading.enumerate() if one.name.startswith("export-disk")]
