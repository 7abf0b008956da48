"""What all panes of one window share, and what follows from it for one pane: its strip and its frames."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from app.model.pane import Fit, PaneState
from widgets.theme.tokens import Tokens
from widgets.wall.face import Face
from widgets.wall.measures import FRAME, Strips, Style
from widgets.wall.strip import plate_width


@dataclass(slots=True)
class Look:
    """``ratio``: device pixels per logical pixel. ``leads``: keys go to this window."""

    style: Style
    strips: Strips
    tokens: Tokens
    fit: Fit = Fit.FIT
    ratio: float = 1.0
    hovered: int | None = None          # index of the pane under the pointer
    leads: bool = True

    @property
    def over(self) -> bool:
        """Strips lie over the pictures: on walls, and wherever they come and go."""
        return self.style is not Style.CONSOLE or self.strips is not Strips.ALWAYS

    @property
    def frame(self) -> int:
        """Thickness of frames, device pixels."""
        return max(1, round(FRAME * self.ratio))


def strip_area(face: Face, look: Look) -> QRect:
    """Where the strip of this pane is painted now; empty when it has none."""
    box, content = face.box, face.content
    if box is None or look.style is Style.BARE or not face.pane.camera or content is None:
        return QRect()
    if not look.over:
        return box.strip
    hovered = look.strips is Strips.HOVER and look.hovered == face.index
    if look.strips is Strips.NEVER or (look.strips is not Strips.ALWAYS and not content.speaks and not hovered):
        return QRect()
    if hovered:
        return box.strip
    if box.step.small and not content.speaks:
        width = min(plate_width(content, box.step, box.ratio), box.strip.width())
        return QRect(box.strip.x(), box.strip.y(), width, box.strip.height())
    return box.strip


def frames(face: Face, look: Look, selected: bool) -> list[tuple[QRect, int, str]]:
    """The frames of a pane from outside inwards: (rectangle, thickness, colour). In the console they lie in the gaps.

    A selected frozen pane has both; replay wears the accent, so a selection within it is a thin light one. In a window
    that has not the keys the selection is thin and quiet.
    """
    if face.box is None or look.style is Style.BARE:
        return []
    tokens, thick = look.tokens, look.frame
    on_wall = look.style is Style.WALL
    shift = 0 if on_wall else thick
    wanted: list[tuple[int, str]] = []
    if face.badges.replay or (selected and look.leads):
        wanted.append((thick, tokens.plate_accent if on_wall else tokens.accent))
    elif selected:
        wanted.append((max(1, thick // 2), tokens.plate_words if on_wall else tokens.quiet))
    if face.state is PaneState.FROZEN:
        wanted.append((thick, tokens.plate_red if on_wall else tokens.red))
    if face.badges.replay and selected:
        wanted.append((max(1, thick // 2), tokens.plate_words))
    made = []
    for thickness, ink in wanted:
        made.append((face.box.cell.adjusted(-shift, -shift, shift, shift), thickness, ink))
        shift -= thickness
    return made
