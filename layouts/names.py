"""Layouts by name: uniform grids, the named mixed ones, panorama strips and custom merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from layouts.shapes import Cell, Layout

MOST = 12                      # rows or columns: 144 panes, beyond what two cores or an operator can follow

# Merged cells first, so that pane 1 is the big one; what they leave over follows square by square in reading order.
_MIXED: dict[str, tuple[int, int, tuple[Cell, ...]]] = {
    "1+5": (3, 3, (Cell(0, 0, 2, 2),)),
    "1+7": (4, 4, (Cell(0, 0, 3, 3),)),
    "1+12": (4, 4, (Cell(1, 1, 2, 2),)),                                            # the big one in the middle
    "2+8": (4, 4, (Cell(0, 0, 2, 2), Cell(0, 2, 2, 2))),
    "3+4": (4, 4, (Cell(0, 0, 2, 2), Cell(0, 2, 2, 2), Cell(2, 0, 2, 2))),
}

# L walks through these, from few panes to many.
CYCLE: tuple[str, ...] = ("1x1", "2x2", "1+5", "3+4", "1+7", "3x3", "2+8", "1+12", "4x4", "5x5", "6x6", "7x7", "8x8")

# What a layout menu offers: the cycle, the panoramas and the wide and tall grids of unusual monitors.
MENU: tuple[str, ...] = (*CYCLE, "pano2", "pano3", "pano4", "1x2", "2x1", "2x3", "3x4", "3x5", "4x6", "12x12")

_GRID = re.compile(r"(\d{1,3})\s*[x×]\s*(\d{1,3})")
_PANORAMA = re.compile(r"pano(\d{1,3})")


@lru_cache(maxsize=256)
def named(text: str) -> Layout:
    """The layout of that name.

    ``RxC``: a uniform grid of R rows and C columns, 1x1 to 12x12. ``1+5``, ``1+7``, ``1+12``, ``2+8``, ``3+4``: big
    panes and small ones. ``panoN`` (N 2..12): a grid of NxN whose upper N//2 rows are one strip over the full width;
    on a 16:9 area the strip is 32:9 for even N. ``custom:RxC:row,column,rows,columns;...``: merged cells (counted
    from 0); squares that no merged cell takes are panes of their own.

    Raises ValueError with a sentence for the operator when the text names no layout.
    """
    wanted = text.strip().lower().replace("×", "x")
    if wanted in _MIXED:
        return _filled(wanted, *_MIXED[wanted])
    if match := _GRID.fullmatch(wanted):
        return grid(int(match[1]), int(match[2]))
    if match := _PANORAMA.fullmatch(wanted):
        size = _size(int(match[1]), least=2)
        return _filled(f"pano{size}", size, size, (Cell(0, 0, size // 2, size),))
    if wanted.startswith("custom:"):
        return _custom_from(wanted)
    known = ", ".join(_MIXED)
    raise ValueError(f"no layout is called “{text}”; use rows x columns such as 4x4 (at most {MOST}x{MOST}), {known}, "
                     "pano3 or custom:RxC:row,column,rows,columns;…")


def grid(rows: int, columns: int) -> Layout:
    """A uniform grid. Raises ValueError outside 1..12."""
    rows, columns = _size(rows), _size(columns)
    return _filled(f"{rows}x{columns}", rows, columns, ())


def custom(rows: int, columns: int, merged: Iterable[Cell]) -> Layout:
    """A grid with merged cells; the remaining squares are panes of their own. Its name gives it back.

    Raises ValueError when a cell lies outside or two overlap.
    """
    cells = tuple(merged)
    body = ";".join(f"{c.row},{c.column},{c.rows},{c.columns}" for c in cells)
    return _filled(f"custom:{rows}x{columns}:{body}", _size(rows), _size(columns), cells)


def merge(layout: Layout, first: int, second: int) -> Layout:
    """One cell out of the rectangle between two cells (inclusive); the operator draws a custom layout with it.

    Cells keep their order; the merged one takes the place of the earlier. Raises ValueError when the rectangle
    would cut a third cell.
    """
    a, b = layout.cells[first], layout.cells[second]
    row, column = min(a.row, b.row), min(a.column, b.column)
    joined = Cell(row, column, max(a.row + a.rows, b.row + b.rows) - row,
                  max(a.column + a.columns, b.column + b.columns) - column)
    place = min(i for i, cell in enumerate(layout.cells) if cell.squares <= joined.squares)
    kept = [joined if i == place else cell for i, cell in enumerate(layout.cells)
            if i == place or not cell.squares <= joined.squares]
    return custom(layout.rows, layout.columns, kept)


def split(layout: Layout, index: int) -> Layout:
    """A merged cell back into its single squares, in its place in the order."""
    cells: list[Cell] = []
    for i, cell in enumerate(layout.cells):
        cells += [Cell(r, c) for r, c in sorted(cell.squares)] if i == index else [cell]
    return custom(layout.rows, layout.columns, cells)


def _size(number: int, least: int = 1) -> int:
    if not least <= number <= MOST:
        raise ValueError(f"a layout has {least} to {MOST} rows and columns, not {number}")
    return number


def _filled(name: str, rows: int, columns: int, merged: tuple[Cell, ...]) -> Layout:
    taken = {square for cell in merged for square in cell.squares}
    rest = (Cell(r, c) for r in range(rows) for c in range(columns) if (r, c) not in taken)
    return Layout(name, rows, columns, (*merged, *rest))


def _custom_from(text: str) -> Layout:
    try:
        _, size, *rest = text.split(":")
        rows, columns = (int(n) for n in size.split("x"))
        cells = []
        for part in filter(None, (p.strip() for p in ":".join(rest).split(";"))):
            row, column, height, width = (int(n) for n in part.split(","))
            cells.append(Cell(row, column, height, width))
    except ValueError:
        raise ValueError(f"“{text}” is not a custom layout; write custom:RxC:row,column,rows,columns;… "
                         "with rows and columns counted from 0") from None
    return custom(rows, columns, cells)
