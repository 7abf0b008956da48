"""What the first evening is about: the list that comes in, what is looked for in it, and what must come of each step.

With keys or with the mouse: how it is done is told in ``test_console_walk`` and ``by_mouse``; what came of it, here.
"""

from __future__ import annotations

import time

from app.model.scene import StopKind
from app.registry.registry import Registry
from tests.endtoend.desk import Desk, paints
from tests.endtoend.program import Line

COUNT = 6000
FIRST = 9901                # beyond the highest number of city_of(6000); the twelve that the test's city serves
PIER = "Dermaga Kayu Bangkoa"       # the name that is looked for by half; city_of has no such words
AREA = "Kampung Uji"        # where the twelve stand
SCENE, TOUR = "Malam", "Putaran"


def all_are_in(desk: Desk) -> bool:
    """The whole list is in the register."""
    return desk.ask("SELECT count(*) FROM cameras") == [(COUNT,)]


def the_four_stand(desk: Desk) -> None:
    """The first four of the twelve, one in each pane of the console."""
    desk.shows({f"w1/{pane}": FIRST + pane for pane in range(4)})


def the_scene_is_kept(desk: Desk) -> None:
    desk.until(lambda: desk.ask("SELECT name, number FROM scenes") == [(SCENE, 1)], 5, "the scene in the register")


def the_last_pane_is_empty(desk: Desk) -> None:
    desk.program.until(lambda line: "w1/3" not in line.panes or not line.panes["w1/3"]["camera"], 5, "an empty pane",
                       time.monotonic())


def the_tour_is_kept(desk: Desk, dwell: float) -> None:
    """Over the one area, with the number after the scene's; a page stands for ``dwell`` seconds."""
    desk.until(lambda: desk.ask("SELECT name, number FROM tours") == [(TOUR, 2)], 5, "the tour in the register")
    with Registry.open(desk.registry) as registry:
        tour, = registry.tours.all()
    assert [stop.kind for stop in tour.stops] == [StopKind.AREA] and tour.stops[0].ref.endswith(AREA), tour.stops
    assert tour.dwell == dwell


def two_pages_turn(desk: Desk, began: float) -> None:
    """Since ``began`` (monotonic seconds) eight cameras of the area have painted, four at a time."""
    there = {camera for camera, in desk.ask("SELECT id FROM cameras WHERE number >= ?", FIRST)}
    seen: set[str] = set()

    def turned(line: Line) -> bool:
        panes = [pane for key, pane in line.panes.items() if key.startswith("w1/")]
        if len(panes) == 4 and all(map(paints, panes)):
            seen.update(pane["camera"] for pane in panes)
        return len(seen) == 8
    desk.program.until(turned, 30, "two pages of the tour", began)
    desk.picture("touring")
    assert seen <= there
