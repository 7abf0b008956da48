"""The values of the geometry: a rectangle of pixels, a cell of a grid, a layout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Rect:
    """Whole pixels; ``right`` and ``bottom`` are the first pixel outside. Width and height may be 0, never less."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def pixels(self) -> int:
        """The area in pixels."""
        return self.width * self.height

    def contains(self, x: int, y: int) -> bool:
        """Whether the pixel (x, y) lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def overlap(self, other: Rect) -> Rect | None:
        """The pixels that both have, or None when there are none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width, height = min(self.right, other.right) - x, min(self.bottom, other.bottom) - y
        return Rect(x, y, width, height) if width > 0 and height > 0 else None

    def moved(self, dx: int, dy: int) -> Rect:
        """The same size, (dx, dy) pixels further right and down."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Cell:
    """A pane's place in the grid, counted from the upper left: it covers ``rows`` x ``columns`` grid squares."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def squares(self) -> frozenset[tuple[int, int]]:
        """The grid squares (row, column) that the cell covers."""
        return frozenset((r, c) for r in range(self.row, self.row + self.rows)
                         for c in range(self.column, self.column + self.columns))


@dataclass(frozen=True)
class Layout:
    """Cells that cover a grid of ``rows`` x ``columns`` squares completely and only once.

    The order of the cells is the order of the panes: pane 1 is ``cells[0]``. ``name`` gives the layout back
    through ``layouts.named``. Raises ValueError, with a sentence, when the cells do not tile the grid.
    """

    name: str
    rows: int
    columns: int
    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        taken: set[tuple[int, int]] = set()
        for cell in self.cells:
            if (cell.row < 0 or cell.column < 0 or cell.rows < 1 or cell.columns < 1
                    or cell.row + cell.rows > self.rows or cell.column + cell.columns > self.columns):
                raise ValueError(f"a cell lies outside the grid of {self.rows}x{self.columns}: {cell}")
            if taken & cell.squares:
                raise ValueError(f"two cells overlap in layout {self.name}: {cell}")
            taken |= cell.squares
        if len(taken) != self.rows * self.columns:
            raise ValueError(f"the cells of layout {self.name} leave a part of the grid uncovered")

    def __len__(self) -> int:
        """How many panes."""
        return len(self.cells)

    @cached_property
    def biggest(self) -> int:
        """Index of the first cell with the largest area."""
        return max(range(len(self.cells)), key=lambda i: (len(self.cells[i].squares), -i))
