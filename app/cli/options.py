"""What the flags of a wall mean, as one frozen value; each wrong value is told in a sentence."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from psygnal import SignalInstance

from app.model.errors import OperatorError
from app.runtime import paths
from app.runtime.language import LANGUAGES
from app.runtime.language import gettext as _
from app.runtime.log import SUBJECTS
from layouts import named

MOST_CAMERAS = 10_000           # more than the largest city's registry; a typing slip like 1-99999999 is refused
MOST_PIXELS = 16_384            # the largest side of a window that X11 and the layouts promise to carry

type Geometry = tuple[int, int, int, int]       # width, height, x, y in virtual desktop pixels


@dataclass(frozen=True, slots=True)
class WallOptions:
    """The flags of ``wall`` and ``demo``.

    ``cameras``: call-up numbers in the order in which they fill the panes; empty: the wall as it was left.
    ``window``: width, height, x, y in virtual desktop pixels. ``bare``: panes only, no header. ``log``: subjects
    that log everything. ``demo_port``: the cameras are those of the demo city, served on this port. ``arrived`` is
    emitted, on any thread, with the call-up number of a demo camera whose clip has just been made. ``assistant``: ask
    who has no registry yet; ``opening``: commands that run once the windows stand.
    """

    registry: Path
    layout: str = ""
    cameras: tuple[int, ...] = ()
    window: Geometry | None = None
    fullscreen: bool = False
    bare: bool = False
    stats_json: Path | None = None
    language: str = ""
    log: tuple[str, ...] = ()
    demo_port: int = 0
    demo_services: tuple[tuple[int, str], ...] = ()     # ONVIF addresses of its domes, by call-up number
    arrived: SignalInstance | None = field(default=None, compare=False)
    assistant: bool = False
    opening: tuple[str, ...] = ()


def camera_numbers(text: str) -> tuple[int, ...]:
    """``1-64,70`` -> (1, 2, ... 64, 70); a number given twice counts once. Raises OperatorError."""
    numbers: dict[int, None] = {}
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\d{1,8})(?:[-–](\d{1,8}))?", part)
        if not match:
            raise OperatorError(_("“{part}” is no camera number. Write numbers and ranges such as 1-64,70.").format(
                part=part))
        first = int(match[1])
        last = int(match[2] or first)
        if first < 1 or last < first:
            raise OperatorError(_("“{part}” is no range of camera numbers: they begin at 1 and go upwards.").format(
                part=part))
        if last - first >= MOST_CAMERAS or len(numbers) >= MOST_CAMERAS:
            raise OperatorError(_("“{text}” names more than {most} cameras.").format(text=text, most=MOST_CAMERAS))
        numbers |= dict.fromkeys(range(first, last + 1))
    return tuple(numbers)


def window_geometry(text: str) -> Geometry:
    """``WxH+X+Y`` -> (width, height, x, y); x and y may be negative (a monitor on the left). Raises OperatorError."""
    match = re.fullmatch(r"(\d{1,6})x(\d{1,6})(?:(\+-?\d{1,6}|-\d{1,6})(\+-?\d{1,6}|-\d{1,6}))?", text.strip().lower())
    if not match:
        raise OperatorError(_("“{text}” is no window. Write width x height + x + y in pixels, such as "
                              "1920x1080+0+0.").format(text=text))
    width, height = int(match[1]), int(match[2])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise OperatorError(_("A window of {width} x {height} pixels cannot be opened; each side is between 1 and "
                              "{most}.").format(width=width, height=height, most=MOST_PIXELS))
    x, y = (int((place or "0").lstrip("+")) for place in match.groups()[2:])
    return width, height, x, y


def layout_name(text: str) -> str:
    """The name as ``layouts.named`` knows it. Raises OperatorError."""
    try:
        return named(text).name
    except ValueError:
        raise OperatorError(_("“{text}” is no layout. Write rows x columns such as 4x4 (at most 12x12), or 1+5, 1+7, "
                              "1+12, 2+8, 3+4, pano3.").format(text=text)) from None


def language_code(text: str) -> str:
    """"id" or "en". Raises OperatorError."""
    if text.lower() not in LANGUAGES:
        raise OperatorError(_("There are no texts in “{text}”. Languages: {known}.").format(
            text=text, known=", ".join(LANGUAGES)))
    return text.lower()


def log_subjects(text: str) -> tuple[str, ...]:
    """``video,ptz`` -> ("video", "ptz"). Raises OperatorError."""
    subjects = tuple(part for part in text.replace(" ", "").split(",") if part)
    for subject in subjects:
        if subject not in SUBJECTS and subject != "all":
            raise OperatorError(_("There is no log subject “{subject}”. Known: all, {known}.").format(
                subject=subject, known=", ".join(SUBJECTS)))
    return subjects


def file_to_write(text: str) -> Path:
    """A file that can be made where it should lie. Raises OperatorError."""
    path = Path(text).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise OperatorError(_("{path} cannot be written: give a file in a folder that is there.").format(path=path))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise OperatorError(_("{path} cannot be written: you have no right to.").format(path=path))
    return path


def registry_file(text: str) -> Path:
    """Where a registry lies or shall lie. Raises OperatorError when it is a folder or has none to lie in."""
    path = Path(text).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise OperatorError(_("{path} is no registry: give a file in a folder that is there.").format(path=path))
    return path


def add_common(parser: argparse.ArgumentParser, *, below: bool = False) -> None:
    """The flags that every subcommand takes; ``below`` a parser that has them too, its values are kept."""
    unset = argparse.SUPPRESS if below else None
    parser.add_argument("--registry", metavar="PATH", type=registry_file, default=unset,
                        help=_("the registry file; without it, your own"))
    parser.add_argument("--language", metavar="LANGUAGE", type=language_code, default=unset,
                        help=_("id or en; without it, as the system speaks"))
    parser.add_argument("--log", metavar="SUBJECTS", type=log_subjects, default=unset,
                        help=_("log these subjects in full: {known}, or all").format(known=", ".join(SUBJECTS)))


def add_wall(parser: argparse.ArgumentParser) -> None:
    """The flags of a wall."""
    parser.add_argument("--layout", metavar="RxC|NAME", type=layout_name, default=None,
                        help=_("4x4, 8x8, 1+5, 1+7, 2+8, pano3 ..."))
    parser.add_argument("--cameras", metavar="NUMBERS", type=camera_numbers, default=None,
                        help=_("cameras that fill the panes, such as 1-64,70"))
    parser.add_argument("--window", metavar="WxH+X+Y", type=window_geometry, default=None,
                        help=_("one window of this size at this place, in pixels"))
    parser.add_argument("--fullscreen", action="store_true", help=_("fill the monitor"))
    parser.add_argument("--bare", action="store_true", help=_("panes only, no headers and no docks"))
    parser.add_argument("--stats-json", metavar="PATH", type=file_to_write, default=None,
                        help=_("write one line of JSON a second: panes and processes"))


def wall_options(given: argparse.Namespace) -> WallOptions:
    """The flags of a wall as one value."""
    return WallOptions(
        registry=given.registry or paths.registry_path(),
        layout=given.layout or "",
        cameras=given.cameras or (),
        window=given.window,
        fullscreen=given.fullscreen,
        bare=given.bare,
        stats_json=given.stats_json,
        language=given.language or "",
        log=given.log or (),
    )
