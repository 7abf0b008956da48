"""A layout laid into pixels: every pixel belongs to one cell or one gap, and differences of 1 px are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layouts.shapes import Layout, Rect

# A gap takes at most a quarter of a track, so that tiny areas show pictures rather than gaps.
_LEAST_TRACKS_PER_GAP = 4


def fitting_gap(layout: Layout, width: int, height: int, gap: int) -> int:
    """The gap that ``place`` really uses, in pixels: the wish, or less where the area is too small for it."""
    return max(0, min(gap, width // (_LEAST_TRACKS_PER_GAP * layout.columns),
                      height // (_LEAST_TRACKS_PER_GAP * layout.rows)))


def place(layout: Layout, width: int, height: int, gap: int = 0) -> tuple[Rect, ...]:
    """One rectangle per cell, in the order of the cells, from (0, 0) to (width, height) with flush outer edges.

    Neighbours are ``gap`` pixels apart (see ``fitting_gap``). A grid line k of n lies at floor(k * (extent + gap) / n);
    cells of equal span therefore differ by at most 1 px. Where there are more tracks than pixels some cells are
    0 px wide or high. Raises ValueError for a negative size or gap.
    """
    if width < 0 or height < 0 or gap < 0:
        raise ValueError(f"sizes and gaps are 0 px or more, not {width}x{height} with gap {gap}")
    gap = fitting_gap(layout, width, height, gap)
    xs = [k * (width + gap) // layout.columns for k in range(layout.columns + 1)]
    ys = [k * (height + gap) // layout.rows for k in range(layout.rows + 1)]
    rects = []
    for cell in layout.cells:
        x, y = xs[cell.column], ys[cell.row]
        right, bottom = xs[cell.column + cell.columns] - gap, ys[cell.row + cell.rows] - gap
        rects.append(Rect(x, y, right - x, bottom - y))
    return tuple(rects)


def cell_at(rects: Sequence[Rect], x: int, y: int) -> int | None:
    """Index of the cell that holds the pixel, or None in a gap or outside."""
    return next((i for i, rect in enumerate(rects) if rect.contains(x, y)), None)


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a cell that lies on one monitor, in pixels of that monitor.

    ``area`` is what to paint there; ``whole`` is the full cell, which reaches beyond the monitor when the cell
    is cut by its edge: the picture is fitted to ``whole`` and clipped to ``area``.
    """

    cell: int
    area: Rect
    whole: Rect


def span(monitors: Sequence[Rect], layout: Layout, gap: int = 0) -> tuple[tuple[Piece, ...], ...]:
    """One wall over several monitors: for each monitor the pieces that it shows.

    The layout is laid over the bounding box of the monitors (virtual desktop pixels, any arrangement). Where
    the grid lines meet the seam between monitors no picture is cut, because the gap straddles the seam.
    """
    if not monitors:
        return ()
    left, top = min(m.x for m in monitors), min(m.y for m in monitors)
    rects = place(layout, max(m.right for m in monitors) - left, max(m.bottom for m in monitors) - top, gap)
    shares = []
    for monitor in monitors:
        pieces = []
        for index, rect in enumerate(rects):
            on_desktop = rect.moved(left, top)
            if seen := on_desktop.overlap(monitor):
                pieces.append(Piece(index, seen.moved(-monitor.x, -monitor.y),
                                    on_desktop.moved(-monitor.x, -monitor.y)))
        shares.append(tuple(pieces))
    return tuple(shares)
