"""Cells tile the area at any size: no overlap, no lost pixel, differences of 1 px at most."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts import MENU, Cell, Layout, Rect, cell_at, custom, fitting_gap, grid, named, place, span

names = st.sampled_from(MENU) | st.builds(lambda r, c: f"{r}x{c}", st.integers(1, 12), st.integers(1, 12))
sizes = st.integers(1, 16384)
gaps = st.integers(0, 64)


@st.composite
def merged(draw: st.DrawFn) -> Layout:
    """A custom layout: a few merged cells that do not overlap."""
    rows, columns = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, 4))):
        row, column = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        cell = Cell(row, column, draw(st.integers(1, rows - row)), draw(st.integers(1, columns - column)))
        if not taken & cell.squares:
            cells.append(cell)
            taken |= cell.squares
    return custom(rows, columns, cells)


layouts_of_all_kinds = st.builds(named, names) | merged()


@given(layouts_of_all_kinds, sizes, sizes)
def test_without_gap_every_pixel_belongs_to_one_cell(layout: Layout, width: int, height: int) -> None:
    rects = place(layout, width, height)
    area = Rect(0, 0, width, height)
    assert sum(rect.pixels for rect in rects) == area.pixels
    assert all(rect.pixels == 0 or rect.overlap(area) == rect for rect in rects)
    if len(rects) <= 40:
        assert all(a.overlap(b) is None for a, b in combinations(rects, 2))


@given(layouts_of_all_kinds, sizes, sizes, gaps)
def test_with_gap_cells_and_gaps_tile_the_area(layout: Layout, width: int, height: int, gap: int) -> None:
    """A cell widened by the gap to the right and below tiles the area widened by one gap."""
    real = fitting_gap(layout, width, height, gap)
    rects = place(layout, width, height, gap)
    grown = [Rect(r.x, r.y, r.width + real, r.height + real) for r in rects]
    assert sum(r.pixels for r in grown) == (width + real) * (height + real)
    assert max(r.right for r in rects) == width and max(r.bottom for r in rects) == height
    assert min(r.x for r in rects) == 0 and min(r.y for r in rects) == 0
    assert all(r.width >= 0 and r.height >= 0 for r in rects)
    if width >= layout.columns and height >= layout.rows:
        assert all(r.width >= 1 and r.height >= 1 for r in rects)


@given(names, sizes, sizes, gaps)
def test_equal_cells_differ_by_one_pixel_at_most(name: str, width: int, height: int, gap: int) -> None:
    layout = named(name)
    by_span: dict[tuple[int, int], list[Rect]] = {}
    for cell, rect in zip(layout.cells, place(layout, width, height, gap), strict=True):
        by_span.setdefault((cell.rows, cell.columns), []).append(rect)
    for rects in by_span.values():
        assert max(r.width for r in rects) - min(r.width for r in rects) <= 1
        assert max(r.height for r in rects) - min(r.height for r in rects) <= 1


def test_one_plus_seven_has_the_measures_of_the_design() -> None:
    """1440x810 and seven of 480x270 on 1920x1080; a 2 px gap is taken out of these."""
    big, *small = place(named("1+7"), 1920, 1080)
    assert big == Rect(0, 0, 1440, 810)
    assert len(small) == 7 and {(r.width, r.height) for r in small} == {(480, 270)}
    for bare, gapped in zip((big, *small), place(named("1+7"), 1920, 1080, 2), strict=True):
        assert 0 <= bare.width - gapped.width <= 2 and 0 <= bare.height - gapped.height <= 2
        assert abs(bare.x - gapped.x) <= 1 and abs(bare.y - gapped.y) <= 1


@pytest.mark.parametrize(("name", "width", "height", "gap", "cell"), [
    ("4x4", 1384, 864, 4, (343, 213)),                         # the console of the design
    ("8x8", 1920, 1080, 1, (239, 134)),                        # the full wall of the design
])
def test_uniform_walls_have_the_measures_of_the_design(
        name: str, width: int, height: int, gap: int, cell: tuple[int, int]) -> None:
    rects = place(named(name), width, height, gap)
    assert (rects[0].width, rects[0].height) == cell
    assert rects[1].x - rects[0].right == gap


def test_a_gap_takes_at_most_a_quarter_of_a_track() -> None:
    assert fitting_gap(grid(8, 8), 1920, 1080, 4) == 4
    assert fitting_gap(grid(8, 8), 64, 64, 4) == 2
    assert fitting_gap(grid(12, 12), 10, 10, 4) == 0


def test_negative_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="0 px or more"):
        place(grid(1, 1), -1, 5)


def test_a_pixel_finds_its_cell_and_a_gap_has_none() -> None:
    rects = place(grid(1, 2), 100, 50, 4)
    assert cell_at(rects, 0, 0) == 0 and cell_at(rects, 99, 49) == 1
    assert cell_at(rects, rects[0].right, 10) is None and cell_at(rects, 100, 10) is None


def test_one_wall_over_two_monitors_cuts_no_picture() -> None:
    left, right = span([Rect(100, 0, 1920, 1080), Rect(2020, 0, 1920, 1080)], grid(4, 8), 2)
    assert [p.cell for p in left] == [r * 8 + c for r in range(4) for c in range(4)]
    assert [p.cell for p in right] == [r * 8 + c for r in range(4) for c in range(4, 8)]
    assert all(piece.area == piece.whole for piece in (*left, *right))


def test_a_picture_over_two_monitors_is_shown_in_two_pieces() -> None:
    left, right = span([Rect(0, 0, 100, 50), Rect(100, 0, 100, 50)], grid(1, 1))
    assert left[0].area == Rect(0, 0, 100, 50) and left[0].whole == Rect(0, 0, 200, 50)
    assert right[0].area == Rect(0, 0, 100, 50) and right[0].whole == Rect(-100, 0, 200, 50)
    assert span([], grid(1, 1)) == ()


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 2000)), min_size=1, max_size=4), names)
def test_pieces_fill_every_monitor(monitor_sizes: list[tuple[int, int]], name: str) -> None:
    """Monitors side by side, of any sizes: without gap each of their pixels is painted once."""
    monitors, x = [], -500
    for width, height in monitor_sizes:
        monitors.append(Rect(x, 0, width, height))
        x += width
    for monitor, pieces in zip(monitors, span(monitors, named(name)), strict=True):
        assert sum(piece.area.pixels for piece in pieces) == monitor.pixels
