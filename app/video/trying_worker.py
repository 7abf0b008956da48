"""Opens one stream as the wall would and says how far it came: a process of its own, for cameras may be hostile.

Runs on: its own process, main thread. One JSON line in (the login never stands in argv), one JSON line out.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.video.annexb import claimed_size
from app.video.causes import cause_of
from app.video.container import Target
from app.video.source import needs_libav, open_stream

PICTURE_S = 8.0         # after the stream is open; a camera sends a key picture every 1 to 4 s


def attempt(asked: dict[str, Any]) -> dict[str, Any]:
    """``opened_s`` and ``picture_s`` since the beginning, None when it did not come so far; ``cause`` as in REASONS."""
    target = Target("trial", asked["url"], Credentials(asked["username"], Secret(asked["password"])),
                    asked["transport"])
    began = time.monotonic()
    found: dict[str, Any] = {"cause": "", "opened_s": None, "picture_s": None, "codec": "", "width": 0, "height": 0}
    try:
        stream = open_stream(target, libav=needs_libav(target))
    except CameraError as error:
        return found | {"cause": error.cause}
    try:
        found |= {"opened_s": time.monotonic() - began, "codec": stream.codec}
        for packet in stream.packets():
            if time.monotonic() - began - found["opened_s"] > PICTURE_S:
                return found | {"cause": "no-picture"}
            if packet.key:
                size = claimed_size(stream.codec, stream.parameter_sets + packet.data) or stream.size()
                return found | {"picture_s": time.monotonic() - began, "width": size.width, "height": size.height}
        return found | {"cause": "closed"}
    except CameraError as error:
        return found | {"cause": error.cause}
    except Exception as error:  # noqa: BLE001   libav's errors carry the address with its password
        return found | {"cause": cause_of(error).cause}
    finally:
        stream.close()


def main() -> None:
    """One attempt: its order on standard input, what became of it on standard output, as lines of JSON."""
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(attempt(json.loads(sys.stdin.readline()))) + "\n")


if __name__ == "__main__":
    main()
