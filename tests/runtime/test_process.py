"""A worker process is heard to its end, whatever becomes of what it says."""

from __future__ import annotations

import logging
import threading

import pytest

from app.runtime.process import Process


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
