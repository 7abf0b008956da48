"""How many panes are live, and the worst of those that are not: for title bar, screen list and camera tree. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.model.pane import NO_REPORT, PaneReport, PaneState
from app.model.wall import WallState, WindowState

# From bad to good: the state that a camera shown in several panes is listed under.
_BADNESS = (PaneState.REFUSED, PaneState.LOST, PaneState.FROZEN, PaneState.LATE, PaneState.CONNECTING,
            PaneState.LIVE, PaneState.EMPTY)
WRONG = frozenset({PaneState.REFUSED, PaneState.LOST, PaneState.FROZEN})


@dataclass(frozen=True, slots=True)
class Count:
    """``total`` panes with a camera, ``live`` of them (late counts as live); ``worst_s``: the largest delay of a live
    one, seconds; ``late``: one of them is late; ``wrong``: a pane is frozen, lost or refused."""

    live: int = 0
    total: int = 0
    worst_s: float = 0.0
    late: bool = False
    wrong: bool = False

    def __add__(self, other: Count) -> Count:
        return Count(self.live + other.live, self.total + other.total, max(self.worst_s, other.worst_s),
                     self.late or other.late, self.wrong or other.wrong)


def shown_panes(window: WindowState, cells: int) -> tuple[int, ...]:
    """Indices of the panes on the screen that hold a camera; ``cells`` is the size of the layout."""
    if window.alone is not None:
        indices: Iterable[int] = (window.alone,)
    else:
        indices = range(min(cells, len(window.panes)))
    return tuple(i for i in indices if i < len(window.panes) and window.panes[i].camera)


def count(window: WindowState, cells: int, reports: Mapping[str, PaneReport]) -> Count:
    """The count of one window."""
    live = 0
    worst = 0.0
    late = wrong = False
    shown = shown_panes(window, cells)
    for index in shown:
        report = reports.get(f"{window.id}/{index}", NO_REPORT)
        live += report.state.counts_as_live
        # A lost camera is "wrong", not "3 s behind": the worst delay is that of pictures still claimed to be of now.
        if report.state.counts_as_live:
            worst = max(worst, report.age if report.state is PaneState.LATE else report.delay)
            late = late or report.state is PaneState.LATE
        wrong = wrong or report.state in WRONG
    return Count(live, len(shown), worst, late, wrong)


def camera_states(state: WallState, reports: Mapping[str, PaneReport]) -> dict[str, PaneState]:
    """Camera id -> the worst state among the panes that show it. Cameras on no pane are not in it."""
    worst: dict[str, PaneState] = {}
    for window in state.windows:
        for index, pane in enumerate(window.panes):
            report = reports.get(f"{window.id}/{index}")
            if not pane.camera or report is None:
                continue
            known = worst.get(pane.camera, PaneState.EMPTY)
            worst[pane.camera] = min(known, report.state, key=_BADNESS.index)
    return worst
