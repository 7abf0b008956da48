"""A worker process is heard to its end, whatever becomes of what it says."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import msgspec
import pytest

from app.runtime.process import Process
from app.runtime.worker import Worker


def test_a_message_that_cannot_be_taken_hides_neither_the_next_nor_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """Otherwise nobody would start the worker again; here it is one of which no word is understood."""
    heard, over = threading.Event(), threading.Event()

    def received(_body: bytes) -> None:
        heard.set()
        raise ValueError("not understood")
    with caplog.at_level(logging.ERROR, "lawang.process"):
        process = Process("proof", "app.ptz.worker", arguments=["/dev/null"], received=received,
                          ended=lambda _code: over.set())
        try:
            assert heard.wait(60)               # its first beat
            assert process.alive
        finally:
            process.close(20.0)
    assert over.is_set() and "could not be taken" in caplog.text


def test_a_worker_whose_start_failed_is_started_again(tmp_path: Path) -> None:
    """Descriptors or memory may be short for a moment: nobody else would start the guardian."""
    heard = threading.Event()
    troubles = [RuntimeError("a bug"), OSError("no more processes")]

    def started() -> list[msgspec.Struct]:
        if troubles:
            raise troubles.pop()
        return []
    worker = Worker("proof", "app.ptz.worker", arguments=[str(tmp_path / "moving.json")],
                    received=lambda _body: heard.set(), started=started)
    try:
        worker.start()
        deadline = time.monotonic() + 60
        while troubles or not worker.pid:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        heard.clear()
        assert heard.wait(60)               # the beat of the one that stays
    finally:
        worker.close()
