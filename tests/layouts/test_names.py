"""Names give layouts, layouts give their names back, and nonsense is answered with a sentence."""

import pytest

from layouts import CYCLE, MENU, Cell, Layout, custom, grid, merge, named, split


@pytest.mark.parametrize("name", sorted({*CYCLE, *MENU}))
def test_every_offered_name_is_a_layout(name: str) -> None:
    assert named(name).name == name


@pytest.mark.parametrize(("name", "panes", "big"), [
    ("1+5", 6, (2, 2)), ("1+7", 8, (3, 3)), ("1+12", 13, (2, 2)), ("2+8", 10, (2, 2)), ("3+4", 7, (2, 2)),
    ("pano2", 3, (1, 2)), ("pano3", 7, (1, 3)), ("pano4", 9, (2, 4)), ("12x12", 144, (1, 1))])
def test_named_layouts(name: str, panes: int, big: tuple[int, int]) -> None:
    layout = named(name)
    assert len(layout) == panes
    assert (layout.cells[0].rows, layout.cells[0].columns) == big
    assert layout.biggest == 0


def test_every_grid_to_twelve() -> None:
    for rows in range(1, 13):
        for columns in range(1, 13):
            assert len(named(f"{rows}x{columns}")) == rows * columns


def test_writing_is_forgiving() -> None:
    assert named(" 4×4 ") == named("4X4") == grid(4, 4)
    assert named("Custom:3x3:0,0,2,2") == named("custom:3x3: 0,0,2,2 ;")


@pytest.mark.parametrize(("text", "told"), [
    ("", "no layout is called"), ("0x4", "1 to 12"), ("13x1", "1 to 12"), ("pano1", "2 to 12"), ("1+6", "1\\+7"),
    ("custom:3x3:0,0", "not a custom layout"), ("custom:3", "not a custom layout"), ("custom:", "not a custom layout"),
    ("custom:2x2:0,0,3,1", "outside the grid"), ("custom:2x2:-1,0,1,1", "outside the grid"),
    ("custom:2x2:0,0,1,2;0,1,1,1", "overlap")])
def test_nonsense_is_refused_with_a_sentence(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        named(text)


def test_cells_must_cover_the_grid() -> None:
    with pytest.raises(ValueError, match="uncovered"):
        Layout("half", 1, 2, (Cell(0, 0),))


def test_merged_cells_are_drawn_and_taken_apart() -> None:
    layout = merge(grid(3, 3), 0, 4)
    assert layout.cells[0] == Cell(0, 0, 2, 2) and len(layout) == 6
    assert named(layout.name) == layout == custom(3, 3, layout.cells)
    apart = split(layout, 0)
    assert len(apart) == 9 and {c.squares for c in apart.cells} == {c.squares for c in grid(3, 3).cells}
    with pytest.raises(ValueError, match="overlap"):
        merge(layout, 2, 3)                                # the rectangle would cut through the big one
