"""``main.py storage``: what recordings take, how far back they reach, and what five years of a city would need."""

from __future__ import annotations

import argparse
import math
import shutil
import time
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
from app.recording.place import owner_of
from app.recording.policy import Policy, policy_of
from app.recording.rules import readable
from app.recording.sweep import Whose
from app.recording_room import place_of
from app.registry.recordings import INDEX, RecordingIndex
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.settings import SETTINGS

_DAY_US = 86_400_000_000


def add(parser: Any) -> None:
    """The verbs of ``storage``."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    status_parser = verbs.add_parser("status", help=_("what is recorded here and how long it is really kept"))
    add_common(status_parser, below=True)
    status_parser.set_defaults(run=status)
    planning = verbs.add_parser("plan", help=_("bytes and disks for cameras, bit rate and days"))
    planning.add_argument("--cameras", type=int, required=True, help=_("how many"))
    planning.add_argument("--mbit", type=float, default=4.0, help=_("megabits a second of one camera"))
    planning.add_argument("--days", type=int, default=30, help=_("how long it is kept; five years are 1826"))
    planning.add_argument("--disk-tb", type=float, default=20.0, help=_("terabytes of one disk"))
    add_common(planning, below=True)
    planning.set_defaults(run=plan)


def status(given: argparse.Namespace) -> int:
    """Place, room, holds, and per camera how far back. Raises OperatorError."""
    path: Path = given.registry or paths.registry_path()
    settings = {setting.key: setting.default for setting in SETTINGS}
    if path.exists():
        with Registry(path, read_only=True) as registry:
            settings |= dict(registry.settings.all())
            known = {camera.id: camera for camera in registry.list_cameras()}
    else:
        known = {}
    root, policy = place_of(settings), policy_of(settings)
    if not (root / INDEX).exists():
        raise OperatorError(_("Nothing is recorded at {place} yet.").format(place=root))
    index = RecordingIndex(root, read_only=True)
    try:
        used, files, held, oldest = index.used()
        cameras = index.per_camera()
        newest = max((row[3] for row in cameras), default=0)
        grown = index.grown(newest - _DAY_US)
        register, owner = str(settings["recording.register"]), owner_of(root)
        ledger = Ledger(index.promises, register)
        others = Whose(register, not owner or owner == register, known.__contains__).others(
            [row[0] for row in cameras], ledger)
        foreign = sum(row[1] for row in cameras if row[0] in others)
        for row in cameras:             # a change that no program has seen yet: its day begins when one does
            if row[0] not in others:
                ledger.in_force(DAYS, row[0], policy.keep_us(known.get(row[0]), kept=True), time.time_ns() // 1000,
                                frozen=not readable(str(settings["recording.rules"])), register=register)
        disk = shutil.disk_usage(root)
        notice = coming(index, ledger, Usage(used, files, held, oldest, disk.free, disk.total, foreign),
                        policy.seconds * 1_000_000).sentence
    finally:
        index.close()
    print(_("Place\t{place}").format(place=root))
    print(_("Recorded\t{size} in {files} files; bookmarks hold {held}").format(
        size=size_text(used), files=files, held=size_text(held)))
    print(_("May take\t{quota}; {free} of {size} are free on the disk, {floor} stay free").format(
        quota=size_text(policy.quota), free=size_text(disk.free), size=size_text(disk.total),
        floor=size_text(policy.floor)))
    if others:
        print(_("Of another register\t{size} of {count} cameras; they are left alone here").format(
            size=size_text(foreign), count=len(others)))
    if notice:
        print(_("Will go\t{notice}").format(notice=notice))
    if oldest is not None and cameras:
        a_day = sum(grown.values()) / min(1.0, max((newest - oldest) / _DAY_US, 1 / 1440))
        room = min(policy.quota, used + max(0, disk.free - policy.floor)) - held
        _tell_retention(policy, [known[camera] for camera in grown if camera in known], a_day, max(0, room))
    for camera, size, begin, end in cameras:
        name = f"{known[camera].label} {known[camera].name}" if camera in known else camera
        reach = f"{(end - begin) / _DAY_US:.1f}"
        print(f"{name}\t{size_text(size)}\t{_when(begin)} – {_when(end)}\t" + _("reaches back {days} days").format(
            days=reach))
    return 0


def _tell_retention(policy: Policy, cameras: list[Camera], a_day: float, room: float) -> None:
    """What the rules promise against what the place holds at the rate of the newest day."""
    if not a_day:
        print(_("At this rate\tonly last minutes are recorded; nothing adds up"))
        return
    days = room / a_day
    print(_("At this rate\t{rate} a day: the place holds {days} days").format(
        rate=size_text(a_day), days=f"{days:.1f}"))
    promised = max((policy.keep_us(camera, kept=True) / _DAY_US for camera in cameras), default=0.0)
    if promised > days:
        print(_("Promised\t{days} days: {missing} more are needed, or the oldest goes earlier").format(
            days=f"{promised:.0f}", missing=size_text((promised - days) * a_day)))
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
