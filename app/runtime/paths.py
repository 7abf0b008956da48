"""Where things lie: resources beside the code; settings, data, state and cache in the profile of this user.

LAWANG_HOME=/some/folder puts the whole profile there: a throwaway profile for tests and trials.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "lawang"
ROOT = Path(__file__).resolve().parents[2]


def _home() -> Path | None:
    text = os.environ.get("LAWANG_HOME", "")
    return Path(text).expanduser().absolute() if text else None


def _room(name: str, usual: Path) -> Path:
    # Read at each call, not at import: a test sets LAWANG_HOME after the modules are loaded.
    home = _home()
    return home / name if home else usual


def resources_dir() -> Path:
    """Data that ships with the program; read only."""
    return ROOT / "resources"


def locale_dir() -> Path:
    """The gettext catalogues, ``{language}/LC_MESSAGES/lawang.po``."""
    return resources_dir() / "locale"


def config_dir() -> Path:
    """What the operator writes by hand: key maps, settings files."""
    return _room("config", Path(platformdirs.user_config_dir(APP, appauthor=False)))


def data_dir() -> Path:
    """What must survive: the registry, recordings' index."""
    return _room("data", Path(platformdirs.user_data_dir(APP, appauthor=False)))


def state_dir() -> Path:
    """What may be lost with little harm: logs, crash traces."""
    return _room("state", Path(platformdirs.user_state_dir(APP, appauthor=False)))


def cache_dir() -> Path:
    """What can be made again: the demo city's clips, the font cache."""
    return _room("cache", Path(platformdirs.user_cache_dir(APP, appauthor=False)))


def log_dir() -> Path:
    """Rotating logs."""
    return state_dir() / "log"


def registry_path() -> Path:
    """The registry used when the command line names none."""
    return data_dir() / "camera_registry.db"


def ensure(folder: Path) -> Path:
    """Make ``folder`` for this user alone (0700: it may hold names of places and people); returns it.

    Raises OSError when the disk is full or read only.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
