"""``main.py demo``: the wall on the demo city, the city alone, or a word to a running city's cameras."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from psygnal import Signal

from app.cli.options import WallOptions, add_wall, wall_options
from app.demo.cameras import DemoCamera, choose
from app.demo.city import CityError, DemoCity, Progress
from app.demo.control import VERBS, command
from app.model.errors import OperatorError
from app.registry.registry import Registry
from app.registry.starter import ensure_user_registry
from app.runtime import paths
from app.runtime.language import gettext as _

BAR_CHARACTERS = 24


def add(parser: argparse.ArgumentParser, run_wall: Callable[[WallOptions], int]) -> None:
    """The flags of a wall, those of the city, and ``demo control``."""
    add_wall(parser)
    parser.add_argument("--port", type=int, default=0, metavar="PORT",
                        help=_("serve the cameras on this port of 127.0.0.1; without it, any free one"))
    parser.add_argument("--no-wall", action="store_true", help=_("only the cameras, until Ctrl+C"))
    parser.add_argument("words", nargs="*", metavar="control CAMERAS FAULT", help=_(
        "tell cameras of the running demo to misbehave, such as: control 0111 freeze. Faults: {faults}").format(
            faults=", ".join(VERBS)))
    parser.set_defaults(run=lambda given: run(given, run_wall))


def run(given: argparse.Namespace, run_wall: Callable[[WallOptions], int]) -> int:
    """Serve the city, open the wall on it, end the city with the wall."""
    if given.words:
        return control(given.words)
    options = wall_options(given)
    cameras = demo_cameras(list(options.cameras) or "all")
    arrivals = Arrivals()

    def made(progress: Progress) -> None:
        bar.show(progress)
        arrivals.arrived.emit(progress.camera.number)

    bar = ProgressBar()
    with ExitStack() as closing:
        city = DemoCity()
        try:
            city.start(cameras=[camera.number for camera in cameras], port=given.port, on_progress=made)
        except CityError as error:
            raise OperatorError(_("{reason} What is missing: main.py doctor").format(reason=error)) from error
        closing.callback(city.stop)
        if given.no_wall:
            return serve(city)
        registry = ensure_user_registry(given.registry or _demo_registry())
        if given.registry is None:
            record_apart(registry)
        numbers = tuple(camera.number for camera in cameras) if options.cameras else ()
        return run_wall(replace(options, registry=registry, cameras=numbers, demo_port=city.rtsp_port,
                                demo_services=tuple(city.domes.services.items()) if city.domes else (),
                                arrived=arrivals.arrived))


def control(words: list[str]) -> int:
    """``control CAMERAS FAULT``: the newest running city does it within a second."""
    if len(words) != 3 or words[0] != "control":
        raise OperatorError(_("Write: demo control CAMERAS FAULT, such as: demo control 0111 freeze. "
                              "Faults: {faults}.").format(faults=", ".join(VERBS)))
    if words[2] not in VERBS:
        raise OperatorError(_("There is no fault “{word}”. Known: {known}.").format(
            word=words[2], known=", ".join(VERBS)))
    demo_cameras(words[1])
    try:
        told = command(words[1], words[2])
    except ConnectionError:
        raise OperatorError(_("No demo city is running. Start one in another terminal: make demo")) from None
    except (ValueError, OSError) as error:
        raise OperatorError(_("The demo city cannot do this yet ({reason}). A camera obeys when its clip is "
                              "made.").format(reason=error)) from error
    print(_("{verb}: {count} of the demo's cameras").format(verb=words[2], count=told))
    return 0


def demo_cameras(wanted: str | list[int]) -> tuple[DemoCamera, ...]:
    """The cameras of the city by place on the wall (1 is the first) or call-up number. Raises OperatorError."""
    try:
        return choose(wanted)
    except ValueError:
        text = wanted if isinstance(wanted, str) else ",".join(map(str, wanted))
        known = [camera.label for camera in choose("all")]
        raise OperatorError(_("“{text}” names cameras that the demo city does not have. It has {count}, from {first} "
                              "to {last}; numbers up to {count} are places on its wall.").format(
                                  text=text, count=len(known), first=known[0], last=known[-1])) from None


def serve(city: DemoCity) -> int:
    """Print the addresses and stay until Ctrl+C or SIGTERM."""
    for number, urls in city.urls().items():
        print(f"{number:04d}\t{urls['main']}\t{urls['sub']}", flush=True)
    end = threading.Event()
    before = {number: signal.signal(number, lambda *_: end.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        end.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def record_apart(registry: Path) -> None:
    """The demo records to a folder of its own: an operator's recordings, of cameras that its registry does not know,
    would go by its few days and gigabytes. A folder that was chosen stays."""
    with Registry.open(registry) as opened:
        if not opened.setting("recording.folder"):
            opened.set_setting("recording.folder", str(paths.data_dir() / "demo-recordings"))


def _demo_registry() -> Path:
    """The demo keeps a registry of its own: what is tried there stays out of the operator's."""
    return paths.data_dir() / "demo_registry.db"


class Arrivals:
    """Tells the wall that a camera's clip is made: it need not wait for its next attempt."""

    arrived = Signal(int)


class ProgressBar:
    """How far the clips of the city are, on a terminal as one moving line, elsewhere one line at the end.

    Called from the encoders' threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moving = sys.stderr.isatty()
        self._made = 0

    def show(self, progress: Progress) -> None:
        with self._lock:
            self._made += not progress.cached
            if progress.problem:
                self._say(_("camera {number}: {problem}").format(
                    number=progress.camera.label, problem=progress.problem) + "\n")
            elif self._moving and not progress.cached:
                full = BAR_CHARACTERS * progress.done // max(progress.total, 1)
                self._say(f"\r{'█' * full}{'·' * (BAR_CHARACTERS - full)} {progress.done}/{progress.total} "
                          f"{progress.camera.label} {progress.camera.name}\x1b[K")
            if progress.done == progress.total and self._made:
                self._say(("\n" if self._moving else "") + _("All {total} cameras of the demo city are on air.").format(
                    total=progress.total) + "\n")

    def _say(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
