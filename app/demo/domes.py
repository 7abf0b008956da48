"""The process that holds the demo city's domes, as the city knows it: started with it, ended with it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from app.demo.cameras import DemoCamera, folder

FPS = 15                        # of the films (app.demo.dome.film)
START_S = 20.0                  # numpy, two panoramas and a busy machine


@cache
def dome_numbers() -> Mapping[int, Mapping[str, Any]]:
    """The call-up numbers of the cameras that turn, with what each begins with."""
    listed = json.loads((folder() / "city.json").read_text("utf-8"))["domes"]
    return {int(about["number"]): about for about in listed}


class Domes:
    """``services`` maps call-up numbers to ONVIF device services, ``films`` to a local socket per role."""

    def __init__(self, cameras: Sequence[DemoCamera], rtsp_port: int, sockets: Path,
                 logins: Mapping[str, str] | None = None) -> None:
        """Starts the process and waits until it serves. Raises OSError when it does not."""
        known = dome_numbers()
        self.folder = sockets
        self._process = subprocess.Popen([sys.executable, "-m", "app.demo.dome"], text=True,
                                         cwd=Path(__file__).resolve().parents[2], stdin=subprocess.PIPE,
                                         # Its small products of matrices are not worth a second thread that spins.
                                         env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                                         stdout=subprocess.PIPE, start_new_session=True)
        self._lock = threading.Lock()
        late = threading.Timer(START_S, self._process.kill)
        late.start()
        try:
            about = self._ask(host="127.0.0.1", folder=str(sockets), rtsp_port=rtsp_port, logins=dict(logins or {}),
                              domes=[{**known[c.number], "name": c.name} for c in cameras])
        except OSError:
            self.close()
            raise
        finally:
            late.cancel()
            late.join()
        self.services = {int(number): str(address) for number, address in about["services"].items()}
        self.control_port = int(about["control_port"])
        self.films: dict[int, dict[str, str]] = {int(number): roles for number, roles in about["films"].items()}

    @property
    def pid(self) -> int:
        return self._process.pid

    def misbehave(self, number: int, fault: str, value: bool | float = True) -> None:
        """Switches one of app.demo.onvif.head.Faults, or lets an event of app.demo.onvif.points happen.

        Raises ValueError for an unknown one, OSError when the process is gone.
        """
        answer = self._ask(dome=number, fault=fault, value=value)
        if not answer["ok"]:
            raise ValueError(answer["error"])

    def _ask(self, **words: Any) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        with self._lock:
            stdin.write(json.dumps(words) + "\n")
            stdin.flush()
            line = stdout.readline()
        if not line:
            raise ConnectionError("the domes' process ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self, deadline_s: float = 1.0) -> None:
        """Ends the process; safe to call twice."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        with contextlib.suppress(OSError):
            stdin.close()
        try:
            self._process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        stdout.close()
