"""Tells a running demo city what a camera should do: freeze, drop, refuse, come back; one JSON line each way."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from app.demo.cameras import choose
from app.runtime.paths import cache_dir

FAULTS = ("freeze", "silent", "drop", "refuse", "stutter", "lose", "garbage", "resize", "slow")
# What cameras that turn notice by themselves: it begins, until "quiet"; or they forget who listens.
NOTICES = ("motion", "tamper", "input")
DOME_VERBS = (*NOTICES, "quiet", "lose_events")
VERBS = (*FAULTS, "back", *DOME_VERBS)
ANSWER_S = 2.0                  # the server answers within milliseconds; longer means that it is gone


class Control:
    """A connection to a city's control port. Not for several threads. Raises OSError when the city is gone."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection((host, port), timeout=ANSWER_S)
        self._lines = self._socket.makefile("rwb")

    def send(self, **command: Any) -> dict[str, Any]:
        """One command, one answer. Raises ValueError with the city's reason when it refuses."""
        self._lines.write(json.dumps(command).encode() + b"\n")
        self._lines.flush()
        line = self._lines.readline()
        if not line:
            raise ConnectionError("the demo city hung up")
        answer: dict[str, Any] = json.loads(line)
        if not answer.pop("ok"):
            raise ValueError(answer.get("error", "refused"))
        return answer

    def do(self, camera: int, verb: str) -> None:
        """Let one camera misbehave (see FAULTS), or be well again with "back"; it acts within a second."""
        self.send(do=verb, camera=f"{camera:04d}")

    def state(self) -> dict[str, dict[str, Any]]:
        """Per camera label: fault, streams that are ready, connected clients."""
        cameras: dict[str, dict[str, Any]] = self.send(do="state")["cameras"]
        return cameras

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Control:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def state_file(folder: Path, pid: int) -> Path:
    """Where a running city leaves its ports for ``find``."""
    return folder / f"city-{pid}.running"


def running(folder: Path | None = None) -> list[dict[str, Any]]:
    """Ports of the cities that run on this cache, the newest first: rtsp_port, control_port, pid, cameras."""
    folder = folder or cache_dir() / "demo"
    found = []
    for path in sorted(folder.glob("city-*.running"), key=lambda p: p.stat().st_mtime, reverse=True):
        try:
            about = json.loads(path.read_text("utf-8"))
            os.kill(about["pid"], 0)
        except (OSError, ValueError):
            continue                        # left behind by a city that was killed
        found.append(about)
    return found


def command(camera: str, verb: str, folder: Path | None = None) -> int:
    """``demo control 0111 freeze``: tells the newest running city; returns how many cameras were told.

    ``camera`` as ``app.demo.cameras.choose`` reads it. Raises ValueError (wrong words) or ConnectionError (no city).
    """
    if verb not in VERBS:
        raise ValueError(f"“{verb}” is unknown; known: {', '.join(VERBS)}")
    cameras = choose(camera)
    cities = running(folder)
    if not cities:
        raise ConnectionError("no demo city is running")
    if verb in DOME_VERBS:
        return _notice(cities[0], [one.number for one in cameras], verb)
    with Control(cities[0]["control_port"]) as control:
        for one in cameras:
            control.do(one.number, verb)
    return len(cameras)


def _notice(city: dict[str, Any], cameras: list[int], verb: str) -> int:
    if not city.get("domes_port"):
        raise ValueError("none of its cameras turns")
    with Control(city["domes_port"]) as control:
        for number in cameras:
            for fault in NOTICES if verb == "quiet" else (verb,):
                control.send(dome=number, fault=fault, value=verb != "quiet")
    return len(cameras)
