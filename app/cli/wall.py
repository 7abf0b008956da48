"""``main.py wall``: the wall on the operator's registry."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from app.cli.options import WallOptions, add_wall, wall_options
from app.runtime.language import gettext as _


def add(parser: argparse.ArgumentParser, run_wall: Callable[[WallOptions], int]) -> None:
    """The flags, and what to do with them."""
    add_wall(parser)
    parser.add_argument("--no-assistant", action="store_true",
                        help=_("do not ask about language, monitors and cameras at the first start"))
    parser.set_defaults(run=lambda given: run_wall(_options(given)))


def _options(given: argparse.Namespace) -> WallOptions:
    """Who names a registry or a window, or wants panes only, is asked nothing."""
    asks = not (given.no_assistant or given.registry or given.bare or given.window)
    return replace(wall_options(given), assistant=asks)
