"""Who sits at this station."""

from __future__ import annotations

import getpass
import os


def operator() -> str:
    """The user of this desktop session: there are no operators of our own yet."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""
