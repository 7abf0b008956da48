"""Which streams a layout would decode, with the same choice between main and sub that the engine makes. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from app.budget.ceiling import Ceiling
from app.budget.cost import Load, load_of, share
from app.model.camera import Camera, StreamRole
from app.model.wall import WindowState
from app.video.choice import Choice, Offer, Thresholds
from layouts import named, place

type Find = Callable[[str], Camera | None]
"""A camera by its id."""
type Known = Mapping[tuple[str, StreamRole], tuple[int, int, float]]
"""What running streams have told: (camera id, role) -> width, height, pictures a second (0.0 while unknown)."""


def loads_of(window: WindowState, layout: str, size: tuple[int, int], find: Find, thresholds: Thresholds, *,
             panes: int, known: Known) -> list[Load]:
    """The streams of a window in a layout of that name; ``size`` of its panes' area in device pixels, ``panes`` of the
    whole wall. Raises ValueError for a layout of no known name."""
    found = []
    for cell, pane in zip(place(named(layout), *size), window.panes, strict=False):
        camera = find(pane.camera) if pane.camera else None
        if camera is None:
            continue
        main, sub = camera.stream(StreamRole.MAIN), camera.stream(StreamRole.SUB)
        offer = Offer(main is not None, sub is not None, sub.height if sub is not None else 0)
        role = Choice(thresholds).decide(offer, cell.height, wish=pane.wish, zoomed=pane.view.zoom > 1.0, panes=panes,
                                         now=0.0)
        profile = camera.stream(role)
        if profile is not None:
            width, height, rate = known.get((camera.id, role), (profile.width, profile.height, 0.0))
            found.append(load_of(replace(profile, width=width, height=height), rate=rate))
    return found


def share_of(windows: Sequence[tuple[WindowState, str, tuple[int, int]]], find: Find, ceiling: Ceiling,
             thresholds: Thresholds | None = None, known: Known = MappingProxyType({})) -> float:
    """The part of this machine that these windows take, each (state, name of its layout, size)."""
    panes = sum(min(len(state.panes), len(named(layout).cells)) for state, layout, _ in windows)
    loads: Iterable[Load] = (load for state, layout, size in windows
                             for load in loads_of(state, layout, size, find, thresholds or Thresholds(), panes=panes,
                                                 known=known))
    return share(loads, ceiling)
