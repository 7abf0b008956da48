"""Encodes clips as told on standard input, one JSON line each; one process of the demo city, nice and short-lived."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

from app.demo.cameras import FULL, SMALL, choose
from app.demo.make import make_clips


def _say(**words: Any) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answers {"ready": role, "index": path} per clip and {"done": number} or {"failed": number, "why"} per camera."""
    os.nice(10)                     # a wall that already shows pictures goes first
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            jobs.put(line)
        os._exit(0)                 # the city ended or died: the clip in hand is not published

    threading.Thread(target=read, name="parent", daemon=True).start()
    while True:
        job = json.loads(jobs.get())
        number = int(job["number"])
        try:
            make_clips(choose([number])[0], SMALL if job["small"] else FULL, Path(job["folder"]),
                       lambda role, index: _say(ready=role, index=str(index)))
            _say(done=number)
        except Exception as error:  # noqa: BLE001  # one bad plate must not stop the other 63 cameras
            _say(failed=number, why=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
