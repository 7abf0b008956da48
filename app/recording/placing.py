"""A place for recordings added or taken away, as settings: for the command line and the page of settings.

Runs on: any thread that may touch the disk; the settings are written by the caller.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.model.errors import OperatorError
from app.recording.place import Place, mark_of
from app.recording.roots import (
    FOLDER,
    LEAST_FLOOR,
    MARKS,
    WHOLE_DISK,
    Root,
    marks_of,
    place_of,
    readable,
    roots_of,
    settings_for,
    with_root,
    without_root,
)
from app.runtime.language import gettext as _
from app.runtime.settings import Value

type Changed = Callable[[Mapping[str, Value], str], None]    # settings that change, or why none do; on another thread


def added(settings: Mapping[str, Value], path: Path, quota: int | None, floor: int | None) -> dict[str, Value]:
    """What changes of the settings; the disk that lies there now gets its mark and is the right one from now on.

    ``quota`` and ``floor`` in bytes; None: as before, or the whole disk and 1 GB. Raises OperatorError.
    """
    _check(settings)
    roots = roots_of(settings)
    before = next((one for one in roots if one.path == path), Root(path, WHOLE_DISK, LEAST_FLOOR))
    new = replace(before, quota=before.quota if quota is None else quota,
                  floor=before.floor if floor is None else floor)
    changed = _differences(settings, with_root(roots, new))
    mark = mark_of(path) or _marked(path, str(settings["recording.register"]))
    marks = marks_of(settings)
    if marks.get(str(path)) != mark:
        changed[MARKS] = json.dumps(marks | {str(path): mark})
    return changed


def removed(settings: Mapping[str, Value], path: Path) -> dict[str, Value]:
    """What changes of the settings; files, index and mark stay at the place. Raises OperatorError."""
    _check(settings)
    return _differences(settings, without_root(roots_of(settings), path))


def shares_disk(roots: tuple[Root, ...], path: Path) -> Path | None:
    """Another place on the same disk: quotas of both together should fit on it."""
    with contextlib.suppress(OSError):
        device = path.stat().st_dev
        for one in roots:
            with contextlib.suppress(OSError):
                if one.path != path and one.path.stat().st_dev == device:
                    return one.path
    return None


def _check(settings: Mapping[str, Value]) -> None:
    if not readable(settings):
        raise OperatorError(_("The list of places for recordings cannot be read; nothing was changed."))


def _differences(settings: Mapping[str, Value], roots: tuple[Root, ...]) -> dict[str, Value]:
    wanted = settings_for(roots)
    if place_of(settings) == roots[0].path:
        del wanted[FOLDER]
    return {key: value for key, value in wanted.items() if settings.get(key) != value}


def _marked(path: Path, register: str) -> str:
    place = Place(path)
    place.register = register
    wrong = place.wrong()
    place.let_go()
    if wrong and not place.taken:
        raise OperatorError(wrong)
    return mark_of(path)
