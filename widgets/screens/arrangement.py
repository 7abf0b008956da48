"""Where each window lies on a small drawing of the room's monitors. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.model.wall import ScreenId, WallState, WindowState
from layouts import Rect

# A window that covers more than this share of another one (the smaller of the two) is drawn beside it: both must be
# seen and reached, which matters more than where the lower one is hidden.
_COVERED = 0.25
_UNPLACED = Rect(0, 0, 1920, 1080)          # a window that never stood anywhere
_ASIDE_SHARE = 0.04                         # gap before a window that is drawn aside, of the monitor's width


@dataclass(frozen=True, slots=True)
class Arrangement:
    """``tiles``: window id -> rectangle; ``monitors``: those that are present. All in pixels of the drawing."""

    width: int = 0
    height: int = 0
    tiles: tuple[tuple[str, Rect], ...] = ()
    monitors: tuple[Rect, ...] = ()

    def tile(self, window_id: str) -> Rect | None:
        return next((rect for key, rect in self.tiles if key == window_id), None)


def arrange(state: WallState, present: Sequence[ScreenId], width: int, most_height: int) -> Arrangement:
    """The windows as they stand on their monitors, scaled to ``width``, or less when it would be too high.

    A window whose monitor is away is drawn where it stood, or aside when something else is there now.
    """
    areas: list[tuple[str, Rect]] = []
    monitors = [Rect(s.x, s.y, s.width, s.height) for s in present]
    for window in state.windows:
        area = _area(window)
        if any(_covers(area, other) for _key, other in areas):
            everything = [*monitors, *(other for _key, other in areas)]
            right = max(rect.right for rect in everything)
            area = Rect(right + round(area.width * _ASIDE_SHARE), min(rect.y for rect in everything), area.width,
                        area.height)
        areas.append((window.id, area))
    return _scaled(areas, monitors, width, most_height)


def _area(window: WindowState) -> Rect:
    screen = window.screen
    x, y, wide, high = window.geometry
    if not window.fullscreen and wide > 0 and high > 0:
        return Rect(x, y, wide, high)
    return Rect(screen.x, screen.y, screen.width, screen.height) if screen.width and screen.height else _UNPLACED


def _covers(one: Rect, other: Rect) -> bool:
    shared = one.overlap(other)
    return shared is not None and shared.pixels > _COVERED * min(one.pixels, other.pixels)


def _scaled(areas: Sequence[tuple[str, Rect]], monitors: Sequence[Rect], width: int, most_height: int) -> Arrangement:
    everything = [*monitors, *(area for _key, area in areas)]
    if not everything or width <= 0:
        return Arrangement()
    left, top = min(r.x for r in everything), min(r.y for r in everything)
    whole_width = max(max(r.right for r in everything) - left, 1)
    whole_height = max(max(r.bottom for r in everything) - top, 1)
    scale = min(width / whole_width, most_height / whole_height)
    # Centred when it is the height that bounds it.
    shift = (width - round(whole_width * scale)) // 2

    def small(area: Rect) -> Rect:
        x, y = shift + round((area.x - left) * scale), round((area.y - top) * scale)
        right, bottom = shift + round((area.right - left) * scale), round((area.bottom - top) * scale)
        return Rect(x, y, max(right - x, 1), max(bottom - y, 1))

    return Arrangement(width, round(whole_height * scale), tuple((key, small(area)) for key, area in areas),
                       tuple(map(small, monitors)))
