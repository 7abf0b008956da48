"""Which window stands on which monitor."""

from __future__ import annotations

from dataclasses import replace

from app.model.wall import ScreenId, WallState, WindowKind, WindowState
from widgets.screens.places import Place, places

LEFT = ScreenId("DP-1", "P2422H", "A1", 0, 0, 1920, 1080)
RIGHT = ScreenId("DP-2", "P2422H", "B2", 1920, 0, 1920, 1080)
CONSOLE = WindowState("w1", WindowKind.CONSOLE, LEFT, (100, 50, 1600, 900))
WALL = WindowState("w2", WindowKind.WALL, RIGHT, fullscreen=True)


def test_windows_stand_where_they_were() -> None:
    found = places(WallState((CONSOLE, WALL)), (LEFT, RIGHT), 0)
    assert found == {"w1": Place(0, (100, 50, 1600, 900)), "w2": Place(1, (1920, 0, 1920, 1080), True)}


def test_a_monitor_is_known_by_its_serial_not_by_its_place() -> None:
    """Cables were changed: the wall goes with its monitor, and so does the console's place on its own."""
    left, right = replace(LEFT, x=1920, name="DP-2"), replace(RIGHT, x=0, name="DP-1")
    found = places(WallState((CONSOLE, WALL)), (right, left), 0)
    assert found["w2"] == Place(0, (0, 0, 1920, 1080), True)
    assert found["w1"] == Place(1, (2020, 50, 1600, 900))


def test_a_wall_without_its_monitor_waits_and_a_console_does_not() -> None:
    found = places(WallState((CONSOLE, WALL)), (LEFT,), 0)
    assert found["w2"].screen is None
    away = places(WallState((CONSOLE, WALL)), (RIGHT,), 0)
    assert away["w1"] == Place(0, (1920, 0, 1920, 1080), safe=True)


def test_the_only_window_is_always_reachable() -> None:
    found = places(WallState((WALL,)), (LEFT,), 0)
    assert found["w2"] == Place(0, (0, 0, 1920, 1080), safe=True)


def test_a_new_wall_takes_a_free_monitor() -> None:
    fresh = WindowState("w3", WindowKind.WALL, fullscreen=True)
    assert places(WallState((CONSOLE, fresh)), (LEFT, RIGHT), 0)["w3"].screen == 1
    assert places(WallState((CONSOLE, fresh)), (LEFT,), 0)["w3"].screen == 0


def test_a_place_by_pixels_belongs_to_the_monitor_below_it() -> None:
    """--window 800x600+2000+100 was once pulled back to the first monitor."""
    asked = WindowState("w1", WindowKind.WALL, geometry=(2000, 100, 800, 600))
    assert places(WallState((asked,)), (LEFT, RIGHT), 0)["w1"] == Place(1, (2000, 100, 800, 600))


def test_a_window_lost_beyond_the_edge_is_brought_in() -> None:
    lost = replace(CONSOLE, geometry=(5000, 50, 1600, 900))
    x, y, width, height = places(WallState((lost,)), (LEFT,), 0)["w1"].area
    assert (x, y, width, height) == (0, 0, 1600, 900)


def test_no_monitor_at_all() -> None:
    assert places(WallState((CONSOLE,)), (), 0) == {}
