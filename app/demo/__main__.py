"""Runs the demo city alone, for people and for other viewers: ``python -m app.demo --cameras 1-16 --port 8554``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from app.demo.city import DemoCity, Progress


def main() -> None:
    """Serve until Ctrl+C or SIGTERM; progress and addresses on standard output."""
    parser = argparse.ArgumentParser(prog="python -m app.demo", description=__doc__)
    parser.add_argument("--cameras", default="all", help="places on the wall or call-up numbers: 1-16, 0111, all")
    parser.add_argument("--port", type=int, default=8554)
    parser.add_argument("--small", action="store_true", help="short small clips, ready in seconds")
    options = parser.parse_args()
    end = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: end.set())

    def tell(progress: Progress) -> None:
        problem = f"  {progress.problem}" if progress.problem else ""
        camera = progress.camera
        sys.stdout.write(f"{progress.done:3}/{progress.total} {camera.label} {camera.name}{problem}\n")
        sys.stdout.flush()

    with DemoCity().start(None, options.cameras, options.port, tell, small=options.small) as city:
        for streams in city.urls().values():
            sys.stdout.write(f"{streams['main']}  {streams['sub']}\n")
        sys.stdout.write(f"control port {city.control_port}\n")
        sys.stdout.flush()
        end.wait()


if __name__ == "__main__":
    main()
