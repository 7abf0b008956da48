"""Which pane an arrow key reaches when panes of several windows lie side by side. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from layouts import Rect

type Where = tuple[str, int]        # window id, pane


def step(boxes: Mapping[Where, Rect], here: Where, way: str) -> Where:
    """The nearest pane that lies wholly on that side, one that is level with ``here`` before all others; ``here``
    itself when there is none. ``way``: left, right, up or down."""
    start = boxes.get(here)
    if start is None:
        return here
    best, best_cost = here, (True, 0, 0)
    for where, box in boxes.items():
        along, aside, level = _measure(start, box, way)
        if along < 0 or where == here:
            continue
        cost = (not level, along if level else along + 2 * aside, aside)
        if best == here or cost < best_cost:
            best, best_cost = where, cost
    return best


def _measure(start: Rect, box: Rect, way: str) -> tuple[int, int, bool]:
    """Pixels to go along the way (negative: not on that side), distance of the middles across it, and whether the two
    share a line across it."""
    if way in ("left", "right"):
        along = box.x - start.right if way == "right" else start.x - box.right
        aside = abs((2 * box.y + box.height) - (2 * start.y + start.height)) // 2
        return along, aside, box.y < start.bottom and start.y < box.bottom
    along = box.y - start.bottom if way == "down" else start.y - box.bottom
    aside = abs((2 * box.x + box.width) - (2 * start.x + start.width)) // 2
    return along, aside, box.x < start.right and start.x < box.right
