"""Which pane the arrow keys reach."""

from __future__ import annotations

from typing import Literal

from layouts.shapes import Cell, Layout

type Direction = Literal["left", "right", "up", "down"]


def neighbour(layout: Layout, index: int, direction: Direction | str) -> int | None:
    """Index of the cell that touches cell ``index`` on that side, or None at the edge of the wall.

    Of several neighbours (a big cell beside small ones) the one nearest to the middle of the side is taken, the
    upper or left one of two equals. Raises ValueError for another direction, IndexError for a cell that is not.
    """
    if direction not in ("left", "right", "up", "down"):
        raise ValueError(f"a neighbour lies left, right, up or down, not “{direction}”")
    here = layout.cells[index]
    touching = [i for i, cell in enumerate(layout.cells) if _touches(here, cell, direction)]
    return min(touching, key=lambda i: (_offset(here, layout.cells[i], direction), i), default=None)


def _touches(here: Cell, other: Cell, direction: str) -> bool:
    if direction in ("left", "right"):
        edge = (other.column == here.column + here.columns if direction == "right"
                else other.column + other.columns == here.column)
        return edge and other.row < here.row + here.rows and here.row < other.row + other.rows
    edge = other.row == here.row + here.rows if direction == "down" else other.row + other.rows == here.row
    return edge and other.column < here.column + here.columns and here.column < other.column + other.columns


def _offset(here: Cell, other: Cell, direction: str) -> int:
    """Distance of the two middles along the common side, in half squares."""
    if direction in ("left", "right"):
        return abs(2 * here.row + here.rows - 2 * other.row - other.rows)
    return abs(2 * here.column + here.columns - 2 * other.column - other.columns)
