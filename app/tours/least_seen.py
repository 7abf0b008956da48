"""Least seen first: every camera comes up, red-class alleys more often. Pure.

Each camera waits; how urgent it is are the turns that it has waited times its weight, and a page takes the most
urgent. In the long run a camera of weight w comes up every W / (n w) turns, with W the sum of all weights and n the
panes: the waiting time is in proportion to 1 / w, and no camera is passed over for ever (tests/tours/test_least_seen).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from app.model.camera import Camera
from app.model.register import Area, Risk

OTHERS = 1                      # weight of a camera in an area without class, or a green one


def weights(cameras: Sequence[Camera], areas: Sequence[Area], red: int, yellow: int) -> dict[str, int]:
    """Weight by camera id: the risk class is that of the narrowest classed area that the camera lies in."""
    risks = {area.path: area.risk for area in areas if area.risk is not Risk.NONE}
    by_risk = {Risk.RED: red, Risk.YELLOW: yellow}
    by_area: dict[tuple[str, ...], int] = {}            # a city has thousands of cameras in a few hundred areas
    for camera in cameras:
        if camera.area not in by_area:
            by_area[camera.area] = by_risk.get(risk_of(camera.area, risks), OTHERS)
    return {camera.id: by_area[camera.area] for camera in cameras}


def risk_of(path: tuple[str, ...], risks: Mapping[tuple[str, ...], Risk]) -> Risk:
    """The class of an area, or of the narrowest one around it that has a class."""
    for depth in range(len(path), 0, -1):
        risk = risks.get(path[:depth])
        if risk is not None:
            return risk
    return Risk.NONE


class LeastSeen:
    """Who comes up next. ``seen``: seconds that each camera was watched lately; it decides the first round."""

    def __init__(self, cameras: Sequence[str], weight: Mapping[str, int], seen: Mapping[str, float],
                 panes: int) -> None:
        self._weight: dict[str, int] = {}
        self._last: dict[str, float] = {}           # the turn at which each was shown last
        self._seen = dict(seen)
        self._turn = 0
        self.take(cameras, weight, panes)

    def take(self, cameras: Sequence[str], weight: Mapping[str, int], panes: int) -> None:
        """The cameras as they are now: who is new waits as if it had just missed a whole round."""
        self._weight = {camera: max(OTHERS, weight.get(camera, OTHERS)) for camera in cameras}
        self._last = {camera: self._last[camera] for camera in cameras if camera in self._last}
        new = [camera for camera in cameras if camera not in self._last]
        if not new:
            return
        round_turns = sum(self._weight.values()) / max(panes, 1)
        new.sort(key=lambda camera: self._seen.get(camera, 0.0) / self._weight[camera])
        for rank, camera in enumerate(new):
            urgency = round_turns * (len(new) - rank) / len(new)
            self._last[camera] = self._turn - urgency / self._weight[camera]

    def next(self, panes: int) -> list[str]:
        """The most urgent cameras, at most ``panes``, most urgent first; says nothing of having shown them."""
        turn = self._turn + 1
        return heapq.nsmallest(panes, self._weight, key=lambda camera: (
            (self._last[camera] - turn) * self._weight[camera], self._seen.get(camera, 0.0)))

    def shown(self, cameras: Sequence[str]) -> None:
        """A page with these cameras stood on the window."""
        self._turn += 1
        for camera in cameras:
            if camera in self._last:
                self._last[camera] = self._turn
