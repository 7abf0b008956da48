"""Pure geometry of a wall: layouts, placement, fit, neighbours, monitors. Standard library only."""

from layouts.arrangement import rearrange
from layouts.fitting import fit_picture
from layouts.names import CYCLE, MENU, MOST, custom, grid, merge, named, split
from layouts.neighbours import neighbour
from layouts.placement import Piece, cell_at, fitting_gap, place, span
from layouts.screens import Screen, match_screens
from layouts.shapes import Cell, Layout, Rect

__all__ = ["CYCLE", "MENU", "MOST", "Cell", "Layout", "Piece", "Rect", "Screen", "cell_at", "custom", "fit_picture",
           "fitting_gap", "grid", "match_screens", "merge", "named", "neighbour", "place", "rearrange", "span",
           "split"]
