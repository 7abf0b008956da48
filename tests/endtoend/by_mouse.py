"""The first evening with the mouse alone: names, numbers and search words are typed, the rest is clicks and drags.

Where a control stands is asked of the running program, by the words that a screen reader says of it.
"""

from __future__ import annotations

import time

from tests.endtoend.desk import Desk
from tests.endtoend.evening import (
    AREA,
    COUNT,
    FIRST,
    PIER,
    SCENE,
    TOUR,
    all_are_in,
    the_four_stand,
    the_last_pane_is_empty,
    the_scene_is_kept,
    the_tour_is_kept,
    two_pages_turn,
)

_RIGHT, _WHEEL_DOWN = 3, 5      # buttons as X counts them


def walk(desk: Desk, folder: str, file: str) -> None:
    """``folder``: the home of the operator, as a file dialog names it; ``file``: the list in it."""
    brings_the_list_in(desk, folder, file)
    finds_and_calls(desk)
    keeps_a_scene(desk)
    tours_an_area(desk)
    carries(desk)


def turn_to(desk: Desk, title: str) -> None:
    """A page by its tab; where the bar has no room for tabs, by its drop-down."""
    if not desk.places("control", "Page {title}", values={"title": title}):
        desk.click(desk.control("Page"))
        desk.click(desk.entry(title))
        return
    desk.click(desk.control("Page {title}", title=title))


def brings_the_list_in(desk: Desk, folder: str, file: str) -> None:
    """The page of cameras, Import, the file in the operator's home, and the button that says how many it writes."""
    turn_to(desk, "Cameras")
    desk.click(desk.control("Import"))
    desk.click(desk.row(folder))
    desk.click(desk.row(file), 2)
    desk.click(desk.control("Write {count} camera", "Write {count} cameras", count=COUNT))
    desk.until(lambda: all_are_in(desk), 30, "6,000 cameras in the register")
    desk.control("Undo this import")            # the panel says too that it is done
    desk.picture("imported")
    desk.click(desk.control("Close the import"))
    turn_to(desk, "Wall")


def finds_and_calls(desk: Desk) -> None:
    """One by half its name, three by number, each by a double click into the pane that was clicked before."""
    looked_for = [(PIER[13:18].lower(), PIER), *((str(FIRST + more), f"{FIRST + more} ") for more in (1, 2, 3))]
    for pane, (words, hit) in enumerate(looked_for):
        desk.click(desk.pane(f"w1/{pane}"))
        desk.click(desk.control("Find camera"), 3)
        desk.write(words)
        desk.click(desk.row(hit), 2)
    the_four_stand(desk)
    desk.picture("called")


def keeps_a_scene(desk: Desk) -> None:
    """From the title bar; a pane is emptied by its menu, and a click on the scene brings back what was there."""
    desk.click(desk.control("Scene"))
    desk.click(desk.control("Save as…"))
    desk.click(desk.control("Name of the scene"))
    desk.write(SCENE)
    desk.click(desk.control("Save"))
    the_scene_is_kept(desk)
    desk.click(desk.pane("w1/3"), 1, _RIGHT)
    desk.click(desk.entry("empty this pane"))
    the_last_pane_is_empty(desk)
    desk.click(desk.control("Scene"))
    desk.click(desk.row(SCENE))
    the_four_stand(desk)


def tours_an_area(desk: Desk) -> None:
    """The page of tours: a name, a shorter time by the wheel, an area, Save, Start; the title bar's menu ends it."""
    turn_to(desk, "Tours")
    desk.click(desk.control("New tour"))
    desk.click(desk.control("Name"))
    desk.write(TOUR)
    desk.click(desk.control("A page stands for"), 4, _WHEEL_DOWN)
    desk.click(desk.control("Add a stop"))
    desk.write(AREA)
    desk.click(desk.row(AREA), 2)
    desk.picture("tour-made")
    desk.click(desk.control("Save"))
    the_tour_is_kept(desk, dwell=2)
    began = time.monotonic()
    desk.click(desk.control("Start"))
    two_pages_turn(desk, began)
    desk.click(desk.control("Tour"), 1, _RIGHT)
    desk.click(desk.entry("End the tour"))
    the_four_stand(desk)


def carries(desk: Desk) -> None:
    """A hit is dragged from the list onto the second monitor, a pane after it, and one pane is shown alone and back."""
    desk.click(desk.control("Find camera"), 3)
    desk.write("uji 8")
    desk.drag(desk.row("Titik Uji 8"), desk.pane("w2/0"))
    desk.shows({"w2/0": FIRST + 7})
    last = desk.pane("w2/3")
    desk.drag(desk.pane("w1/1"), last)
    desk.shows({"w2/3": FIRST + 1, "w2/0": FIRST + 7})
    desk.picture("carried")
    for shown in (["w2/3"], ["w2/0", "w2/3"]):
        desk.click(last, 2)
        desk.program.until(lambda line, shown=shown: shown == [  # type: ignore[misc]
            key for key, pane in line.panes.items() if key.startswith("w2/") and pane["camera"]], 5, f"{shown}",
            time.monotonic())
