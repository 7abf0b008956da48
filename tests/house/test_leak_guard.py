"""The guard itself: it sees each kind of leak, and says where it began."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import pytest

LeaksOf = Callable[[Callable[[], object]], list[str]]


def test_sees_a_thread_and_where_it_began(leaks_of: LeaksOf) -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="forgotten")
    found = leaks_of(thread.start)
    end.set()
    thread.join()
    assert len(found) == 1
    assert "forgotten" in found[0] and "test_leak_guard.py" in found[0]


def test_sees_a_process(leaks_of: LeaksOf) -> None:
    started: list[subprocess.Popen[bytes]] = []
    found = leaks_of(lambda: started.append(subprocess.Popen(["sleep", "60"])))
    started[0].kill()
    started[0].wait()
    # A city that other tests of the session share may start an encoder at this very moment: only ours is meant.
    # Known by its id: between fork and exec its command line is still empty.
    ours = [line for line in found if f"process {started[0].pid} " in line]
    assert len(ours) == 1 and "test_leak_guard.py" in ours[0]


def test_sees_shared_memory(leaks_of: LeaksOf) -> None:
    blocks: list[SharedMemory] = []
    name = f"lawang-{os.getpid()}-proof"
    found = leaks_of(lambda: blocks.append(SharedMemory(name, create=True, size=16)))
    blocks[0].close()
    blocks[0].unlink()
    assert [line for line in found if name in line]


def test_sees_a_fifo(leaks_of: LeaksOf, lawang_home: Path) -> None:
    def leave() -> None:
        lawang_home.mkdir()
        os.mkfifo(lawang_home / "pane")
    found = leaks_of(leave)
    (lawang_home / "pane").unlink()
    assert [line for line in found if line.startswith(str(lawang_home / "pane"))]


@pytest.mark.screen
def test_sees_a_window_and_a_timer(leaks_of: LeaksOf, qapp: object) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget
    left: list[QWidget] = []

    def leave() -> None:
        window = QWidget()
        window.setObjectName("forgotten window")
        timer = QTimer(window)
        timer.setObjectName("forgotten timer")
        timer.start(60_000)
        left.append(window)
    found = leaks_of(leave)
    left.pop().deleteLater()
    assert any("forgotten window" in line for line in found)
    assert any("forgotten timer" in line for line in found)


@pytest.mark.screen
def test_a_qt_warning_is_noticed(qapp: object, qt_messages: list[str]) -> None:
    from PySide6.QtCore import qWarning
    qWarning("proof of the handler")
    noticed = list(qt_messages)
    qt_messages.clear()
    assert any("proof of the handler" in line for line in noticed)


def test_tidy_work_leaves_nothing(leaks_of: LeaksOf) -> None:
    def work() -> None:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        subprocess.run(["true"], check=True)
    assert leaks_of(work) == []
