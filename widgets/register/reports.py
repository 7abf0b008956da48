"""The worst report of each camera among the panes that show it. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Mapping

from app.model.pane import PaneReport, PaneState
from app.model.wall import WallState

_BADNESS = {state: place for place, state in enumerate(
    (PaneState.REFUSED, PaneState.LOST, PaneState.FROZEN, PaneState.LATE, PaneState.CONNECTING, PaneState.LIVE,
     PaneState.EMPTY))}


def worst_reports(wall: WallState, reports: Mapping[str, PaneReport]) -> dict[str, PaneReport]:
    """Camera id -> its worst report; cameras on no pane, or whose pane has no report yet, are not in it."""
    worst: dict[str, PaneReport] = {}
    for window in wall.windows:
        for index, pane in enumerate(window.panes):
            report = reports.get(f"{window.id}/{index}") if pane.camera else None
            if report is None:
                continue
            known = worst.get(pane.camera)
            if known is None or _BADNESS[report.state] < _BADNESS[known.state]:
                worst[pane.camera] = report
    return worst


def words_of(reports: Mapping[str, PaneReport]) -> dict[str, tuple[PaneState, int]]:
    """What of the reports can be read in the list: states, and ages in whole seconds where one is shown."""
    return {key: (report.state, 0 if report.state is PaneState.LIVE else int(report.age * 10)
                  if report.state is PaneState.LATE else int(report.age)) for key, report in reports.items()}
