"""``main.py storage``: what recordings take, how far back they reach, and what five years of a city would need."""

from __future__ import annotations

import argparse
import contextlib
import math
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.cli.options import add_common
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.recording import Usage
from app.recording.demand import Demand, alternatives
from app.recording.grace import DAYS, Ledger
from app.recording.notice import coming, size_text
from app.recording.place import State, owner_of
from app.recording.placing import added, removed, shares_disk
from app.recording.policy import Policy, policy_of
from app.recording.roots import WHOLE_DISK, Root, marks_of, roots_of
from app.recording.roots import readable as roots_readable
from app.recording.rules import readable
from app.recording.standing import Standing, folder_of, rate, read_size, state_at
from app.recording.sweep import Whose
from app.recording.words import state_text
from app.registry.absent import NAME, AbsentPlaces
from app.registry.recordings import INDEX, RecordingIndex
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.settings import SETTINGS, Value

_DAY_US = 86_400_000_000


def add(parser: Any) -> None:
    """The verbs of ``storage``."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    status_parser = verbs.add_parser("status", help=_("what is recorded here and how long it is really kept"))
    add_common(status_parser, below=True)
    status_parser.set_defaults(run=status)
    adding = verbs.add_parser("add", help=_("record to one more place, or give a place another quota"))
    adding.add_argument("path", metavar="PATH", help=_("a folder on the disk, which must be mounted"))
    adding.add_argument("--quota", metavar="500G", help=_("what recordings may take there; the whole disk otherwise"))
    adding.add_argument("--floor", metavar="20G", help=_("what stays free on that disk; 1 GB otherwise"))
    add_common(adding, below=True)
    adding.set_defaults(run=add_place)
    taking = verbs.add_parser("remove", help=_("record to a place no more; its files stay"))
    taking.add_argument("path", metavar="PATH")
    add_common(taking, below=True)
    taking.set_defaults(run=remove_place)
    planning = verbs.add_parser("plan", help=_("bytes and disks for cameras, bit rate and days"))
    planning.add_argument("--cameras", type=int, required=True, help=_("how many"))
    planning.add_argument("--mbit", type=float, default=4.0, help=_("megabits a second of one camera"))
    planning.add_argument("--days", type=int, default=30, help=_("how long it is kept; five years are 1826"))
    planning.add_argument("--disk-tb", type=float, default=20.0, help=_("terabytes of one disk"))
    add_common(planning, below=True)
    planning.set_defaults(run=plan)


def add_place(given: argparse.Namespace) -> int:
    """One place more, or another quota and free space for one. Raises OperatorError."""
    path = folder_of(given.path)
    quota, floor = (None if text is None else read_size(text) for text in (given.quota, given.floor))
    with Registry.open(given.registry or paths.registry_path()) as registry:
        settings = dict(registry.settings.all())
        for key, value in added(settings, path, quota, floor).items():
            registry.set_setting(key, value)
    other = shares_disk(roots_of(settings), path)
    print(_("Recordings go to {path} too, as long as it is there.").format(path=path))
    if other is not None:
        print(_("It lies on the same disk as {other}: both are away together, and both quotas should fit on it."
                ).format(other=other))
    return 0


def remove_place(given: argparse.Namespace) -> int:
    """One place less. Raises OperatorError."""
    path = Path(given.path).expanduser().absolute()
    with Registry.open(given.registry or paths.registry_path()) as registry:
        for key, value in removed(dict(registry.settings.all()), path).items():
            registry.set_setting(key, value)
    print(_("Nothing is recorded to {path} any more. What lies there stays; it is played and aged again when the place "
            "is added again.").format(path=path))
    return 0


def status(given: argparse.Namespace) -> int:
    """Each place with its room, holds and days, and per camera how far back. Raises OperatorError."""
    path: Path = given.registry or paths.registry_path()
    settings = {setting.key: setting.default for setting in SETTINGS}
    known: dict[str, Camera] = {}
    if path.exists():
        with Registry(path, read_only=True) as registry:
            settings |= dict(registry.settings.all())
            known = {camera.id: camera for camera in registry.list_cameras()}
    roots, marks = roots_of(settings), marks_of(settings)
    if len(roots) == 1 and not (roots[0].path / INDEX).exists():
        raise OperatorError(_("Nothing is recorded at {place} yet.").format(place=roots[0].path))
    if not roots_readable(settings):
        print(_("The list of places for recordings cannot be read: only the first one is used."))
    rows: dict[str, tuple[int, int, int]] = {}
    for number, root in enumerate(roots):
        if number:
            print()
        state = state_at(root, marks.get(str(root.path), ""))
        print(_("Place\t{place}").format(place=root.path))
        print(_("State\t{state}").format(state=state_text(state)))
        if state in (State.AWAY, State.OTHER):
            _tell_away(marks.get(str(root.path), ""))
        elif (root.path / INDEX).exists():
            for camera, size, begin, end in _tell_place(root, state, settings, known):
                before = rows.get(camera, (0, begin, end))
                rows[camera] = before[0] + size, min(before[1], begin), max(before[2], end)
        else:
            print(_("Nothing is recorded at {place} yet.").format(place=root.path))
    if len(roots) > 1:
        print()
    for camera, (size, begin, end) in rows.items():
        name = f"{known[camera].label} {known[camera].name}" if camera in known else camera
        reach = f"{(end - begin) / _DAY_US:.1f}"
        print(f"{name}\t{size_text(size)}\t{_when(begin)} – {_when(end)}\t" + _("reaches back {days} days").format(
            days=reach))
    return 0


def _tell_place(root: Root, state: State, settings: Mapping[str, Value], known: Mapping[str, Camera]
                ) -> list[tuple[str, int, int, int]]:
    """Lines about a place that is there; (camera, bytes, oldest, newest moment) of what lies there."""
    policy = policy_of(settings)
    index = RecordingIndex(root.path, read_only=True)
    try:
        used, files, held, oldest = index.used()
        cameras = index.per_camera()
        newest = max((row[3] for row in cameras), default=0)
        grown = index.grown(newest - _DAY_US)
        register, owner = str(settings["recording.register"]), owner_of(root.path)
        ledger = Ledger(index.promises, register)
        others = Whose(register, not owner or owner == register, known.__contains__).others(
            [row[0] for row in cameras], ledger)
        foreign = sum(row[1] for row in cameras if row[0] in others)
        for row in cameras:             # a change that no program has seen yet: its day begins when one does
            if row[0] not in others:
                ledger.in_force(DAYS, row[0], policy.keep_us(known.get(row[0]), kept=True), time.time_ns() // 1000,
                                frozen=not readable(str(settings["recording.rules"])), register=register)
        disk = shutil.disk_usage(root.path)
        usage = Usage(used, files, held, oldest, disk.free, disk.total, foreign)
        notice = coming(index, ledger, usage, policy.seconds * 1_000_000).sentence
    finally:
        index.close()
    print(_("Recorded\t{size} in {files} files; bookmarks hold {held}").format(
        size=size_text(used), files=files, held=size_text(held)))
    if root.quota >= WHOLE_DISK:
        print(_("May take\tthe whole disk; {free} of {size} are free on it, {floor} stay free").format(
            free=size_text(disk.free), size=size_text(disk.total), floor=size_text(root.floor)))
    else:
        print(_("May take\t{quota}; {free} of {size} are free on the disk, {floor} stay free").format(
            quota=size_text(root.quota), free=size_text(disk.free), size=size_text(disk.total),
            floor=size_text(root.floor)))
    if others:
        print(_("Of another register\t{size} of {count} cameras; they are left alone here").format(
            size=size_text(foreign), count=len(others)))
    if notice:
        print(_("Will go\t{notice}").format(notice=notice))
    if oldest is not None and cameras:
        standing = Standing(root, state, usage, rate(sum(grown.values()), oldest, newest))
        _tell_retention(policy, [known[camera] for camera in grown if camera in known], standing)
    return cameras


def _tell_away(mark: str) -> None:
    """What is known to lie at a place that is not there."""
    path = paths.data_dir() / NAME
    lies: frozenset[tuple[str, int, int]] = frozenset()
    if path.exists():
        with contextlib.closing(AbsentPlaces(path)) as rows:
            lies = rows.at(mark)
    if lies:
        print(_("Lies there\trecordings of {count} cameras from {begin} to {end}; they come back with it").format(
            count=len({one[0] for one in lies}), begin=_when(min(one[1] for one in lies)),
            end=_when(max(one[2] for one in lies))))


def _tell_retention(policy: Policy, cameras: list[Camera], standing: Standing) -> None:
    """What the rules promise against what the place holds at the rate of the newest day."""
    days = standing.days
    if days is None:
        print(_("At this rate\tonly last minutes are recorded; nothing adds up"))
        return
    print(_("At this rate\t{rate} a day: the place holds {days} days").format(
        rate=size_text(standing.a_day), days=f"{days:.1f}"))
    promised = max((policy.keep_us(camera, kept=True) / _DAY_US for camera in cameras), default=0.0)
    if promised > days:
        print(_("Promised\t{days} days: {missing} more are needed, or the oldest goes earlier").format(
            days=f"{promised:.0f}", missing=size_text((promised - days) * standing.a_day)))
    elif promised:
        print(_("Promised\t{days} days: there is room for it").format(days=f"{promised:.0f}"))


def plan(given: argparse.Namespace) -> int:
    """What so many cameras need, and what costs less. Raises OperatorError."""
    # float() reads "nan" and "inf" too: neither is a rate nor a disk.
    if given.cameras < 1 or given.days < 1 or not all(0 < each < math.inf for each in (given.mbit, given.disk_tb)):
        raise OperatorError(_("Cameras, megabits, days and terabytes are above zero."))
    wish = Demand(given.cameras, given.mbit, given.days)
    print(_("{cameras} cameras × {mbit} Mbit/s × {days} days").format(
        cameras=given.cameras, mbit=f"{given.mbit:g}", days=given.days))
    for name, demand in ((_("All of it"), wish), *((_(text), other) for text, other in alternatives(wish))):
        print(_("{name}\t{total}\t{disks} disks of {disk} TB\t{day} a day\t{rate} a second").format(
            name=name, total=size_text(demand.bytes), disks=demand.disks(given.disk_tb), disk=f"{given.disk_tb:g}",
            day=size_text(demand.a_day), rate=size_text(demand.a_second)))
    print(_("Disks are counted without spares; a second copy doubles everything."))
    return 0


def _when(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1e6, UTC):%Y-%m-%d %H:%M:%S}Z"
