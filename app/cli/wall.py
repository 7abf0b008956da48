"""``main.py wall``: the wall on the operator's registry."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from app.cli.options import WallOptions, add_wall, wall_options


def add(parser: argparse.ArgumentParser, run_wall: Callable[[WallOptions], int]) -> None:
    """The flags, and what to do with them."""
    add_wall(parser)
    parser.set_defaults(run=lambda given: run_wall(wall_options(given)))
