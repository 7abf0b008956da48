"""A camera whose noise breaks a parser of ours is lost like any other: named, and tried again."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from app.model.secret import Credentials
from app.video import source as source_module
from app.video.reader import Reader
from app.video.source import Source, Target


def test_a_bug_that_a_camera_finds_is_told_and_it_is_tried_again(monkeypatch):
    told, tries, again = [], [], threading.Event()

    def opens(_target, *, libav):
        tries.append(libav)
        if len(tries) > 1:
            again.set()
        raise KeyError("a bug")
    monkeypatch.setattr(source_module, "open_stream", opens)
    listener = SimpleNamespace(opening=lambda: None, failed=lambda *what: told.append(what))
    one = Source(Target("a", "rtsp://127.0.0.1:9/a", Credentials(), "tcp"), SimpleNamespace(opened=lambda _at: None),
                 listener, Reader())
    one.start()
    try:
        assert again.wait(60)
        assert told[0][:2] == ("failed", "KeyError") and told[0][2] > 0
    finally:
        one.close()
        one._thread.join(20)
    assert one.finished
