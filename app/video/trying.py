"""Tries a stream before its address or login is kept: in a process of its own, with a time limit, never on the GUI.

Runs on: whichever thread calls ``attempt``; it waits there for up to LONGEST_S.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from app.model.secret import Credentials

LONGEST_S = 20.0            # opening (6 s) and a first key picture (8 s), twice a slow start of Python
_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far it came. ``cause`` "" when a picture arrived, else as in PaneReport; seconds since the beginning."""

    cause: str
    opened_s: float | None = None
    picture_s: float | None = None
    codec: str = ""
    width: int = 0
    height: int = 0


class Trying:
    """One attempt that may be given up from another thread."""

    def __init__(self, url: str, credentials: Credentials, transport: str) -> None:
        self._line = {"url": url, "username": credentials.username, "password": credentials.password.reveal(),
                      "transport": transport}
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def run(self) -> Attempt:
        """Waits for the outcome; "timeout" when it takes longer than LONGEST_S, "failed" when the process broke."""
        environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        with self._lock:
            if self._stopped:
                return Attempt("failed")
            try:
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "app.video.trying_worker"], cwd=_ROOT, env=environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            except OSError:         # no more processes, or no memory
                return Attempt("failed")
        child, line = self._child, json.dumps(self._line) + "\n"
        self._line = {}
        try:
            told, _errors = child.communicate(line, timeout=LONGEST_S)
            return Attempt(**json.loads(told))
        except subprocess.TimeoutExpired:
            return Attempt("timeout")
        except (ValueError, TypeError, OSError):
            return Attempt("failed")
        finally:
            if child.poll() is None:
                child.kill()
                child.communicate()

    def stop(self) -> None:
        """Give it up: ``run`` returns soon."""
        with self._lock:
            self._stopped = True
            if self._child is not None and self._child.poll() is None:
                self._child.kill()
