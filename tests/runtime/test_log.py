"""Logs: scrubbed, by subject, rotating, and never in the way: not a full disk, not a read-only folder."""

from __future__ import annotations

import ast
import io
import logging
import sys
import threading
from pathlib import Path

import pytest

from app.runtime import log

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("text", "clean"), [
    ("open rtsp://admin:geheim@10.0.0.1/main", "open rtsp://***@10.0.0.1/main"),
    ("rtsp://admin:a/b@c@10.0.0.1/main", "rtsp://***@10.0.0.1/main"),
    ("rtsp://admin@10.0.0.1/", "rtsp://***@10.0.0.1/"),
    ("password=geheim&x=1", "password=***&x=1"),
    ("{'password': 'a b', 'user': 'x'}", "{'password': ***, 'user': 'x'}"),
    ("rtsp_password: geheim", "rtsp_password: ***"),
    ("Authorization: Digest username=a, response=b", "Authorization: ***"),
    ("rtsp://10.0.0.1:554/main is fine", "rtsp://10.0.0.1:554/main is fine"),
])
def test_secrets_are_scrubbed(text: str, clean: str) -> None:
    assert log.scrub(text) == clean


def test_nothing_secret_reaches_the_file(tmp_path: Path) -> None:
    running = log.start(subjects=["video"], folder=tmp_path, stderr=io.StringIO())
    try:
        log.logger("video").debug("pull %s", "rtsp://admin:geheim@host/main")
        try:
            raise ConnectionError("rtsp://admin:geheim@host/main refused password=geheim")
        except ConnectionError:
            log.logger("video").exception("password: %r", "geheim")
    finally:
        running.close()
    text = running.path.read_text("utf-8")
    assert "rtsp://***@host/main" in text and "Traceback" in text
    assert "geheim" not in text.replace('raise ConnectionError("rtsp://***', "")


def test_only_the_named_subjects_are_loud(tmp_path: Path) -> None:
    running = log.start(subjects=["video"], folder=tmp_path, stderr=io.StringIO())
    log.logger("video").debug("loud")
    log.logger("wall").debug("quiet")
    log.logger("wall").info("normal")
    running.close()
    text = running.path.read_text("utf-8")
    assert "loud" in text and "normal" in text and "quiet" not in text


def test_an_unknown_subject_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nix"):
        log.start(subjects=["nix"], folder=tmp_path)


def test_a_full_disk_stops_nothing_and_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "desktop.log").symlink_to("/dev/full")
    told = io.StringIO()
    running = log.start(folder=tmp_path, stderr=told, stderr_level=logging.CRITICAL)
    for number in range(100):
        log.logger("video").info("line %d", number)
    running.close()
    assert told.getvalue().count("goes on without a log") == 1
    assert "desktop.log" in told.getvalue()


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    told = io.StringIO()
    running = log.start(folder=tmp_path / "file" / "log", stderr=told, stderr_level=logging.CRITICAL)
    log.logger("video").info("line")
    running.close()
    assert told.getvalue().count("goes on without a log") == 1


def test_files_rotate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2000)
    running = log.start(folder=tmp_path, stderr=io.StringIO())
    for number in range(500):
        log.logger("video").info("line %d", number)
    running.close()
    found = sorted(path.name for path in tmp_path.glob("desktop.log*"))
    assert len(found) == log.OLD_FILES + 1
    assert all(path.stat().st_size <= 2000 for path in tmp_path.glob("desktop.log*"))
    assert "line 499" in (tmp_path / "desktop.log").read_text("utf-8")


def test_two_programs_do_not_share_a_file(tmp_path: Path) -> None:
    first = log.start(folder=tmp_path, stderr=io.StringIO())
    second = log.start(folder=tmp_path, stderr=io.StringIO())
    first.close()
    second.close()
    assert (first.path.name, second.path.name) == ("desktop.log", "desktop-2.log")


def test_a_full_queue_drops_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer hangs on a slow disk: whoever logs goes on."""
    monkeypatch.setattr(log, "QUEUE_LINES", 5)
    hangs, writing = threading.Event(), threading.Event()
    emit = log._File.emit

    def slow(self: log._File, record: logging.LogRecord) -> None:
        writing.set()
        hangs.wait(10)
        emit(self, record)
    monkeypatch.setattr(log._File, "emit", slow)
    running = log.start(folder=tmp_path, stderr=io.StringIO())
    log.logger("video").info("first")
    assert writing.wait(10)
    for number in range(50):
        log.logger("video").info("line %d", number)
    hangs.set()
    running.close()
    text = running.path.read_text("utf-8")
    assert "first" in text and "line 4" in text and "line 49" not in text
    assert "45 log lines were dropped" in text


def test_a_crash_is_logged_and_told_in_one_sentence(tmp_path: Path) -> None:
    running = log.start(folder=tmp_path, stderr=io.StringIO())
    told: list[str] = []
    undo = log.install_crash_hook(running, told.append)
    try:
        thread = threading.Thread(target=lambda: 1 / 0, name="proof")
        thread.start()
        thread.join()
        try:
            raise KeyError("main")
        except KeyError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    finally:
        undo()
        running.close()
    assert len(told) == 2 and "ZeroDivisionError" in told[0] and "desktop.log" in told[0]
    text = running.path.read_text("utf-8")
    assert "not caught in proof" in text and "ZeroDivisionError: division by zero" in text and "KeyError" in text


def test_every_logger_is_a_known_subject() -> None:
    """`--log theme` must not be refused because someone forgot to list a subject."""
    used = set()
    for room in ("app", "widgets"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("lawang.")
                        and node.value.count(".") == 1 and node.value.removeprefix("lawang.").isidentifier()
                        and not node.value.endswith((".po", ".log"))):
                    used.add(node.value.removeprefix("lawang."))
    assert used
    assert used <= set(log.SUBJECTS)
