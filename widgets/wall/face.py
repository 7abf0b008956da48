"""What one pane of the wall looks like at this moment: its box, camera, truth, and the images made for them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage

from app.model.camera import Camera
from app.model.pane import NO_REPORT, Fit, PaneReport, PaneState, StreamWish
from app.model.wall import EMPTY_PANE, Pane
from widgets.wall import middle, strip, words
from widgets.wall.geometry import Box, placed
from widgets.wall.strip import NO_BADGES, Badges, StripContent

_LETTERS = {StreamWish.AUTO: "", StreamWish.MAIN: "M", StreamWish.SUB: "S"}
_SHOWS = (PaneState.LIVE, PaneState.LATE)
_TWO_AREAS_FROM = 22    # text px: the strip of a big pane has room for "Tallo, Makassar"


@dataclass(slots=True)
class Face:
    """One pane. ``box`` is None while the pane is not on the screen (another one is alone)."""

    key: str
    index: int
    pane: Pane = EMPTY_PANE
    camera: Camera | None = None
    box: Box | None = None
    report: PaneReport = NO_REPORT
    badges: Badges = NO_BADGES
    asked: float = field(default_factory=time.monotonic)    # when the camera was asked for; the connecting clock
    asked_reports: Mapping[str, PaneReport] | None = None   # reports that were made before this pane was asked for
    provisional: PaneReport | None = None                   # what holds until newer reports come
    since: float = 0.0                                      # epoch seconds at which the state began
    content: StripContent | None = None
    strip_image: QImage | None = None
    strip_area: QRect = field(default_factory=QRect)
    has_strip: bool = False             # that area is not empty
    compass: tuple[tuple[object, ...], tuple[tuple[QPoint, QImage], ...]] = ((), ())    # of what, images and places
    middle: middle.Middle = middle.NOTHING
    middle_image: QImage | None = None
    still: QImage | None = None         # the last picture, copied when a dimmed state was entered
    dim: QImage | None = None
    dim_state: PaneState = PaneState.EMPTY
    target: QRect = field(default_factory=QRect)
    source: QRect = field(default_factory=QRect)
    bars: tuple[QRect, ...] = ()
    whole: bool = False                 # the picture is drawn uncut and unscaled ...
    corner: QPoint = field(default_factory=QPoint)          # ... from here on
    fitted: tuple[object, ...] = ()
    serial: int = -1

    @property
    def state(self) -> PaneState:
        return self.report.state

    @property
    def shows_picture(self) -> bool:
        """The engine's newest picture is drawn as it is."""
        return self.report.state in _SHOWS

    @property
    def area(self) -> QRect:
        """Where its next picture will be painted; empty while it is not on the screen."""
        return QRect() if self.box is None else self.target if self.fitted else self.box.picture

    def ask(self, pane: Pane, camera: Camera | None, reports: Mapping[str, PaneReport],
            came_along: PaneReport | None) -> None:
        """A camera for a new face. ``came_along`` is the truth of a picture that moved here while it was running."""
        self.pane, self.camera = pane, camera
        self.asked_reports, self.provisional = reports, came_along

    def forget_still(self) -> None:
        self.still = self.dim = None
        self.dim_state = PaneState.EMPTY

    def forget_words(self) -> None:
        """Size, language or theme changed: what was drawn from words is drawn anew."""
        self.content = self.strip_image = self.middle_image = None
        self.middle = middle.NOTHING
        self.compass = ((), ())
        self.fitted = ()

    def truth(self, reports: Mapping[str, PaneReport]) -> PaneReport:
        """The engine's report, or "connecting" since we asked while the engine has not spoken of this pane yet."""
        if not self.pane.camera:
            return NO_REPORT
        report = reports.get(self.key)
        if self.asked_reports is not None:
            if reports is self.asked_reports:
                report = self.provisional       # older than the question: it speaks of another camera
            else:
                self.asked_reports = self.provisional = None
        if report is None or report.state is PaneState.EMPTY:
            return PaneReport(PaneState.CONNECTING, age=time.monotonic() - self.asked)
        if report.state is PaneState.REFUSED and not report.cause:
            return replace(report, cause="unauthorised")
        return report

    def refresh_words(self, local_time: words.LocalTime) -> tuple[bool, bool]:
        """Recompute strip and middle; (strip changed, middle changed)."""
        box = self.box
        if box is None:
            return False, False
        content = self._content(box)
        strip_changed = content != self.content
        if strip_changed:
            self.content, self.strip_image = content, None
        number = self.camera.label if self.camera else ""
        made = middle.middle_of(self.report, number, self.index + 1, self.since, local_time, box)
        middle_changed = made != self.middle
        if middle_changed:
            self.middle, self.middle_image = made, None
        return strip_changed, middle_changed

    def _content(self, box: Box) -> StripContent:
        camera = self.camera
        if camera is None:
            return StripContent(self.pane.camera[:8] if self.pane.camera else "", "", "")
        place = camera.district
        if box.step.text >= _TWO_AREAS_FROM:
            place = ", ".join(reversed(camera.area[-2:]))
        return strip.content_of(camera.label, camera.name, place, self.report, self.badges,
                                _LETTERS[self.pane.wish], self.pane.view.zoom)

    def fit(self, width: int, height: int, fit: Fit) -> None:
        """Place a picture of that size; the result is kept until something of it changes."""
        box = self.box
        if box is None:
            return
        wanted = (width, height, fit, self.pane.view, box)
        if wanted == self.fitted:
            return
        self.fitted = wanted
        self.target, self.source = placed(
            width, height, box.picture, fit, self.pane.view)
        self.bars = _bars(box.picture, self.target)
        self.whole = self.source.getRect() == (0, 0, width, height) and self.target.size() == self.source.size()
        self.corner = self.target.topLeft()

    def takes_whole(self, width: int, height: int, fit: Fit) -> bool:
        """A picture of that size has the place of the one before, uncut and unscaled, and nothing is drawn upon it."""
        return self.whole and (width, height, fit, self.pane.view, self.box) == self.fitted \
            and not self.middle.lines and self.badges.looks is None


def _bars(area: QRect, target: QRect) -> tuple[QRect, ...]:
    """What a fitted picture leaves free of its area."""
    if target.contains(area):
        return ()
    left = QRect(area.left(), area.top(), target.left() - area.left(), area.height())
    right = QRect(target.right() + 1, area.top(), area.right() - target.right(), area.height())
    top = QRect(target.left(), area.top(), target.width(), target.top() - area.top())
    bottom = QRect(target.left(), target.bottom() + 1, target.width(), area.bottom() - target.bottom())
    return tuple(bar for bar in (left, right, top, bottom) if not bar.isEmpty())
