"""``main.py record``: recording without windows, and the rules of who is recorded."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
import time
from pathlib import Path

from app.cli.options import add_common, camera_numbers
from app.cli.rekey import unlock_in_terminal
from app.model.camera import Camera, StreamRole
from app.model.errors import OperatorError
from app.recorder import Recorder
from app.recording.notice import size_text
from app.recording.policy import policy_of
from app.recording.roots import roots_of
from app.recording.rules import Mode, Priority, Rule, Scope, from_text, to_text, with_rule, without
from app.registry.recordings import INDEX, RecordingIndex
from app.registry.registry import Registry, vault_of_this_user
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

RULES = "recording.rules"
DEFAULT = "default"
NOT_RECORDED, OTHER_RECORDS, NOT_WHOLE = 1, 3, 4        # exit codes; 2 is kept for a wrong command line
LINE_S = 60                 # between two lines of status
FIRST_S = 10.0              # for the first files to be begun, before the first line


def add(parser: argparse.ArgumentParser) -> None:
    """Without a verb it records."""
    parser.add_argument("--cameras", metavar="NUMBERS", type=camera_numbers, default=(),
                        help=_("no others than these, such as 1-64,70"))
    parser.add_argument("--wait", action="store_true",
                        help=_("while another program records there, wait until it has ended"))
    parser.add_argument("--every", metavar="SECONDS", type=int, default=LINE_S, help=_("seconds between two lines"))
    parser.set_defaults(run=record)
    verbs = parser.add_subparsers(dest="verb", metavar="set|rules|why", required=False)
    change = verbs.add_parser("set", help=_("say when cameras are recorded; the most specific rule wins"))
    change.add_argument("mode", choices=[*(mode.value for mode in Mode), DEFAULT], help=_(
        "always, schedule: in hours, event: around events, wall: while on a wall, never, or default: no rule"))
    whom = change.add_mutually_exclusive_group(required=True)
    whom.add_argument("--camera", metavar="NUMBERS", type=camera_numbers, default=())
    whom.add_argument("--tag", default="")
    whom.add_argument("--area", metavar="CITY/DISTRICT", default="")
    whom.add_argument("--all", action="store_true")
    change.add_argument("--days", type=int, default=0, help=_("how long it is kept; five years are 1826"))
    change.add_argument("--hours", default="", help=_("of a schedule: mon-fri 07:00-18:00, sat 08:00-12:00"))
    change.add_argument("--stream", choices=[role.value for role in StreamRole], help=_(
        "this stream; without it the one that is shown, else the small one"))
    change.add_argument("--given-up", choices=[Priority.FIRST.value, Priority.LAST.value], default="", help=_(
        "when room is short; without it as its kind of rule"))
    change.add_argument("--sound", action="store_true", help=_(
        "sound too: AAC, and G.711 or L16 made AAC; recording conversations needs a legal basis (UU PDP, UU ITE)"))
    add_common(change, below=True)
    change.set_defaults(run=set_rule)
    show = verbs.add_parser("rules", help=_("the rules, the strongest first, with how many cameras each decides"))
    add_common(show, below=True)
    show.set_defaults(run=rules)
    reason = verbs.add_parser("why", help=_("why a camera is recorded, or is not"))
    reason.add_argument("numbers", metavar="NUMBERS", type=camera_numbers)
    add_common(reason, below=True)
    reason.set_defaults(run=why)


def record(given: argparse.Namespace) -> int:
    """Record until SIGTERM or Ctrl+C. Raises OperatorError.

    0: ended in order. 1: the place cannot be written. 3: another program records there. 4: ended, but files were not
    closed in time; the next start mends them.
    """
    registry = _registry(given)
    unlock_in_terminal(vault_of_this_user())
    over = threading.Event()
    before = {number: signal.signal(number, lambda *_what: over.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        recorder = Recorder(registry, given.cameras)
        try:
            readable = recorder.room.keeper.promised.rules[1]       # else the last ones that were are in the index
            if readable and not recorder.room.without_wall() and not given.wait:
                raise OperatorError(_("No rule asks for recording without a wall. Make one, such as: main.py record "
                                      "set always --camera 1-16 --days 7"))
            refused = recorder.start()      # said by the log as well
            while refused and given.wait and not over.wait(1.0):
                refused = "" if recorder.room.keeper.ready else recorder.room.keeper.said
            if refused and not over.is_set():
                return OTHER_RECORDS if recorder.room.keeper.looks_on else NOT_RECORDED
            _stay(recorder, over, max(1, given.every))
        finally:
            whole = recorder.close()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    print(_("Ended; every file is closed.") if whole else _("Ended; files that the disk did not take in time are "
                                                            "mended at the next start."), flush=True)
    return 0 if whole else NOT_WHOLE


def _stay(recorder: Recorder, over: threading.Event, every_s: int) -> None:
    """A line of status now and then; trouble is told by the log, which writes to the terminal too."""
    first = time.monotonic() + FIRST_S
    while not over.is_set() and time.monotonic() < first and not (
            recorder.room.wanted and recorder.room.wanted <= recorder.room.taping):
        over.wait(0.2)
    due = time.monotonic()
    while not over.is_set():
        if time.monotonic() >= due:
            due = time.monotonic() + every_s
            print(status_line(recorder), flush=True)
        over.wait(0.2)


def status_line(recorder: Recorder) -> str:
    """"12 of 16 cameras are recorded · 3.1 GB in 520 files · 98.0 GB free"."""
    room = recorder.room
    return " · ".join((
        _("{now} of {wanted} cameras are recorded").format(now=len(room.taping & room.wanted), wanted=len(room.wanted)),
        _("{size} in {files} files").format(size=size_text(room.usage.bytes), files=room.usage.files),
        _("{size} free").format(size=size_text(room.usage.free)),
        *filter(None, (room.keeper.said, room.keeper.promised.notice))))


def set_rule(given: argparse.Namespace) -> int:
    """One rule, or one for each of the cameras named. Raises OperatorError."""
    with Registry.open(_registry(given)) as registry:
        cameras = {camera.number: camera for camera in registry.list_cameras()}
        if given.camera:
            whom = [(Scope.CAMERA, _one(cameras, number).id) for number in given.camera]
        else:
            whom = [(Scope.TAG, given.tag) if given.tag else
                    (Scope.AREA, given.area) if given.area else (Scope.ALL, "")]
        found = from_text(str(registry.settings.get(RULES)))
        for scope, of in whom:
            found = without(found, scope, of) if given.mode == DEFAULT else with_rule(
                found, Rule(scope, of, Mode(given.mode), given.days, given.hours, StreamRole(given.stream)
                            if given.stream else None, Priority(given.given_up), given.sound))
        registry.set_setting(RULES, to_text(found))
    return rules(given)


def rules(given: argparse.Namespace) -> int:
    """The rules in force. Raises OperatorError."""
    with Registry(_registry(given), read_only=True) as registry:
        policy = policy_of(registry.settings.all())
        cameras = registry.list_cameras()
    names = {camera.id: f"{camera.label} {camera.name}" for camera in cameras}
    won: dict[Rule, int] = {}
    for camera in cameras:
        rule = policy.rule_of(camera)
        if rule is not None:
            won[rule] = won.get(rule, 0) + 1
    for rule in sorted(policy.rules, key=lambda one: (-one.rank, one.of)):
        days = rule.days or policy.days
        count = won.get(rule, 0)
        print("\t".join((
            rule.scope.value, names.get(rule.of, rule.of), rule.mode.value, rule.hours,
            "" if rule.mode is Mode.NEVER else ngettext("{days} day", "{days} days", days).format(days=days),
            ngettext("{count} camera", "{count} cameras", count).format(count=count), *_beside(rule))))
    print(_("Every other camera: its last {minutes} min while it is on a wall.").format(minutes=policy.minutes)
          if policy.on else _("No other camera is recorded."))
    return 0


def _beside(rule: Rule) -> tuple[str, ...]:
    """What else it says, in the words of ``record set``."""
    words = " ".join(filter(None, (f"--stream {rule.stream}" if rule.stream else "",
                                   f"--given-up {rule.priority}" if rule.priority else "",
                                   "--sound" if rule.sound else "")))
    return (words,) if words else ()


def why(given: argparse.Namespace) -> int:
    """A sentence per camera; whether a wall shows it is known from what is being written. Raises OperatorError."""
    with Registry(_registry(given), read_only=True) as registry:
        settings = registry.settings.all()
        cameras = {camera.number: camera for camera in registry.list_cameras()}
    policy, now = policy_of(settings), time.time_ns() // 1000
    written: frozenset[str] = frozenset()
    urgent: frozenset[str] = frozenset()
    for root in roots_of(settings):
        if (root.path / INDEX).exists():
            with contextlib.closing(RecordingIndex(root.path, read_only=True)) as index:
                written, urgent = written | index.being_written(), urgent | index.urgent(now)
    for number in given.numbers:
        camera = _one(cameras, number)
        words = policy.why(camera, now, shown=camera.id in written, urgent=camera.id in urgent)
        doing = _("a file is being written") if camera.id in written else _("no file is being written")
        print(f"{camera.label} {camera.name}\t{doing}\t{words}")
    return 0


def _one(cameras: dict[int, Camera], number: int) -> Camera:
    if number not in cameras:
        raise OperatorError(_("There is no camera {number:04d} in the registry.").format(number=number))
    return cameras[number]


def _registry(given: argparse.Namespace) -> Path:
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    return path
