"""The places that recordings may lie in: the first from three settings of its own, the others from one list. Pure.

An installation with one place has nothing in the list and needs nothing changed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.model.errors import OperatorError
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.settings import Value

GIGABYTE = 1_000_000_000        # as disks are sold
FOLDER, QUOTA, FLOOR = "recording.folder", "recording.quota_gb", "recording.free_gb"        # of the first
OTHERS, MARKS = "recording.roots", "recording.marks"
WHOLE_DISK = 1 << 62            # bytes: no quota, the free space alone decides
LEAST_FLOOR = GIGABYTE          # what stays free where nobody said how much
MOST = 16                       # each has a thread and an index


@dataclass(frozen=True, slots=True)
class Root:
    """``quota``: bytes that recordings may take there, WHOLE_DISK for no limit. ``floor``: bytes that stay free."""

    path: Path
    quota: int = WHOLE_DISK
    floor: int = LEAST_FLOOR


def place_of(settings: Mapping[str, Value]) -> Path:
    """The folder of the first place."""
    text = str(settings[FOLDER]).strip()
    return Path(text).expanduser().absolute() if text else paths.data_dir() / "recordings"


def roots_of(settings: Mapping[str, Value]) -> tuple[Root, ...]:
    """All places, the first one first; what cannot be read of the list is left out."""
    found = {place_of(settings): Root(place_of(settings), int(float(settings[QUOTA]) * GIGABYTE),
                                      int(float(settings[FLOOR]) * GIGABYTE))}
    for root in others_of(settings):
        found.setdefault(root.path, root)
    return tuple(found.values())[:MOST]


def others_of(settings: Mapping[str, Value]) -> tuple[Root, ...]:
    """The places of the list."""
    found: list[Root] = []
    for row in _list(str(settings.get(OTHERS, ""))) or ():
        path, quota, floor = row.get("path"), row.get("quota_gb"), row.get("free_gb")
        if isinstance(path, str) and Path(path).is_absolute():
            found.append(Root(Path(path), _bytes(quota, WHOLE_DISK), _bytes(floor, LEAST_FLOOR)))
    return tuple(found)


def readable(settings: Mapping[str, Value]) -> bool:
    """Whether the list says something: "" is none."""
    return _list(str(settings.get(OTHERS, ""))) is not None


def settings_for(roots: Iterable[Root]) -> dict[str, Value]:
    """The settings that describe these places, the first one first."""
    first, *others = roots
    return {FOLDER: str(first.path), QUOTA: min(1e6, first.quota / GIGABYTE), FLOOR: first.floor / GIGABYTE,
            OTHERS: json.dumps([{"path": str(one.path), "free_gb": one.floor / GIGABYTE} | (
                {} if one.quota == WHOLE_DISK else {"quota_gb": one.quota / GIGABYTE}) for one in others])
            if others else ""}


def marks_of(settings: Mapping[str, Value]) -> dict[str, str]:
    """Folder -> the mark that was seen there."""
    try:
        found = json.loads(str(settings[MARKS]) or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def with_root(roots: tuple[Root, ...], new: Root) -> tuple[Root, ...]:
    """One place more, or another quota and free space for one of them. Raises OperatorError."""
    if any(one.path == new.path for one in roots):
        return tuple(new if one.path == new.path else one for one in roots)
    for one in roots:
        if one.path in new.path.parents or new.path in one.path.parents:
            raise OperatorError(_("{path} and {other} lie one in the other: choose a folder beside it.").format(
                path=new.path, other=one.path))
    if len(roots) >= MOST:
        raise OperatorError(_("There are {most} places for recordings already; more there cannot be.").format(
            most=MOST))
    return (*roots, new)


def without_root(roots: tuple[Root, ...], path: Path) -> tuple[Root, ...]:
    """One place less; its files stay. Raises OperatorError."""
    left = tuple(one for one in roots if one.path != path)
    if len(left) == len(roots):
        raise OperatorError(_("{path} is no place for recordings.").format(path=path))
    if not left:
        raise OperatorError(_("{path} is the only place for recordings: add another one first.").format(path=path))
    return left


def _list(text: str) -> list[dict[str, object]] | None:
    try:
        found = json.loads(text) if text.strip() else []
    except ValueError:
        return None
    return found if isinstance(found, list) and all(isinstance(row, dict) for row in found) else None


def _bytes(gigabytes: object, otherwise: int) -> int:
    """Zero and less, and what is no number, give way to ``otherwise``."""
    if isinstance(gigabytes, bool) or not isinstance(gigabytes, int | float) or not math.isfinite(gigabytes):
        return otherwise
    return int(gigabytes * GIGABYTE) if gigabytes > 0 else otherwise
