"""The header strip of a pane: number, name, place at the left; state, holder, REC, stream at the right.

Drawn into an image of device pixels when a word of it changes, never per picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPen

from app.model.pane import PaneReport, PaneState
from app.runtime.language import gettext as _
from widgets.theme.fonts import Weight, font
from widgets.theme.icons import EVENT, REPLAY, STEERING, paint_icon
from widgets.theme.state_signs import STATE_SIGNS
from widgets.theme.tokens import Tokens, colour
from widgets.wall import words
from widgets.wall.compass import Looks
from widgets.wall.measures import Step

_OUTLINE_ICON = 12      # the outlined tag is 4 px lower than the strip, so is its icon
_LEAST_NAME = 6.5       # text sizes: a name cut shorter than "Jl Ahmad" tells nothing, the number tells more


@dataclass(frozen=True, slots=True)
class Badges:
    """What other rooms know about a pane's camera: recording, who steers it, whether it shows the past."""

    recording: bool = False
    holder: str = ""            # "Rina A. · Pusat Komando"; "" when nobody steers
    holder_left: float | None = None    # seconds of the lease that remain, None without a lease
    replay: bool = False
    replay_time: str = ""       # "14:01:10 WITA": when what is seen was recorded
    looks: Looks | None = None  # where it looks, while it is steered
    event: str = ""             # what the camera noticed by itself, in amber: "Motion"
    alarm: str = ""             # what must not be overlooked, in red: "may still be moving"


NO_BADGES = Badges()


@dataclass(frozen=True, slots=True)
class StripContent:
    """Everything a strip shows; two equal contents look the same, so the image is kept while it is equal."""

    number: str
    name: str
    place: str
    state: PaneState = PaneState.EMPTY
    state_texts: tuple[str, str, str] = ("", "", "")
    badges: Badges = NO_BADGES
    stream: str = ""            # "S" or "M", only when it is not what is normal
    zoom: str = ""              # "2.0×" while zoomed

    @property
    def speaks(self) -> bool:
        """Something beyond number and name is to be said."""
        badges = self.badges
        return bool(self.state_texts[0] or badges.holder or badges.alarm or badges.event or badges.replay
                    or self.stream or self.zoom)


def content_of(number: str, name: str, place: str, report: PaneReport, badges: Badges, stream: str,
               zoom: float) -> StripContent:
    """The strip for what is known now; ages are whole seconds (tenths for late), so it changes at most so often."""
    # Where it looks lies over the picture: it draws no strip anew.
    badges = replace(badges, looks=None) if badges.looks is not None else badges
    return StripContent(number, name, place, report.state, words.state_texts(report), badges, stream,
                        f"{words.decimal(zoom)}×" if zoom > 1.0 else "")


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a strip: on panel in the console, on a plate over pictures."""

    ground: str
    words: str
    quiet: str
    amber: str
    cyan: str
    red: str
    red_words: str
    on_fill: str
    accent: str


def console_inks(tokens: Tokens) -> Inks:
    """Of headers that stand on the console's own ground."""
    return Inks(tokens.panel, tokens.text, tokens.quiet, tokens.amber, tokens.cyan, tokens.red, tokens.red_words,
                tokens.on_fill, tokens.accent)


def plate_inks(tokens: Tokens) -> Inks:
    """Of headers that lie on the picture."""
    return Inks(tokens.plate, tokens.plate_words, tokens.plate_quiet, tokens.plate_amber, tokens.plate_cyan,
                tokens.plate_red, tokens.plate_red_words, tokens.on_plate_fill, tokens.plate_accent)


def advance(text: str, face: QFont) -> float:
    """Width of a text in that font's pixels."""
    return QFontMetricsF(face).horizontalAdvance(text)


@dataclass(slots=True)
class _Piece:
    """One thing at the right side, right to left; ``width`` includes its inner padding."""

    kind: str               # "tag", "outline", "icon-words", "words", "strong", "dot"
    text: str
    ink: str
    icon: str = ""
    width: float = 0.0


class _Sizes:
    """The step's sizes in device pixels, with the fonts made from them."""

    def __init__(self, step: Step, ratio: float) -> None:
        self.step, self.ratio = step, ratio
        self.padding = step.padding * ratio
        self.tag_padding = (step.padding - 2) * ratio
        self.gap = step.text / 2 * ratio
        self.between = 8 * ratio if not step.small else 6 * ratio
        self.icon = step.icon * ratio
        self.icon_gap = (2 if step.small else 4) * ratio
        self.dot = 6 * ratio
        self.number = font(step.text * ratio, Weight.STRONG)
        self.words = font(step.text * ratio)
        self.value = font(step.text * ratio, Weight.MEDIUM)
        self.second = font(step.second * ratio)


def plate_width(content: StripContent, step: Step, ratio: float) -> int:
    """Width of the number plate of a small pane, device pixels."""
    sizes = _Sizes(step, ratio)
    return round(advance(content.number, sizes.number) + 2 * sizes.padding)


def paint_strip(content: StripContent, width: int, height: int, step: Step, ratio: float, inks: Inks,
                number_only: bool = False) -> QImage:
    """The strip as an image of ``width`` x ``height`` device pixels."""
    sizes = _Sizes(step, ratio)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(colour(inks.ground))
    painter = QPainter(image)
    if number_only:
        content = StripContent(content.number, "", "")
    pieces, place, name_room, short = _squeeze(content, width, sizes, inks)
    right = _paint_right(painter, pieces, width, height, sizes, inks)
    x = _paint_replay(painter, content, height, sizes, inks, short) + sizes.padding
    _words(painter, content.number, x, height, sizes.number, inks.words)
    x += advance(content.number, sizes.number) + sizes.gap
    if name_room > 0 and content.name:
        name = QFontMetricsF(sizes.words).elidedText(content.name, Qt.TextElideMode.ElideRight, name_room)
        _words(painter, name, x, height, sizes.words, inks.words)
        x += advance(name, sizes.words) + sizes.gap
    if place and x + advance(place, sizes.second) <= right:
        _words(painter, place, x, height, sizes.second, inks.quiet)
    painter.end()
    return image


def _squeeze(content: StripContent, width: int, sizes: _Sizes, inks: Inks) -> tuple[list[_Piece], str, float, int]:
    """What fits: REC shrinks to its dot, the place goes, a late pane drops its word, the name is cut, then goes.

    The last is how short the words are, 0 to 2.
    """
    number = sizes.padding + advance(content.number, sizes.number) + sizes.gap
    name = advance(content.name, sizes.words)
    # Once something is to be said the place would only draw the eye away from it.
    shown_place = "" if content.speaks else content.place
    place = (advance(shown_place, sizes.second) + sizes.gap) if shown_place else 0.0
    least_name = min(name, _LEAST_NAME * sizes.step.text * sizes.ratio)
    for brief_rec, with_place, short, wanted in (
        (False, True, 0, name), (True, True, 0, name), (True, False, 0, name), (True, False, 1, name),
        (True, False, 1, least_name), (True, False, 2, least_name),
    ):
        pieces = _right_side(content, sizes, inks, brief_rec, short)
        left = number + _replay_width(content, sizes, inks, short)
        room = width - left - _taken(pieces, sizes) - sizes.gap
        if room >= wanted + (place if with_place else 0.0):
            return pieces, shown_place if with_place else "", min(room, name) + 1, short
    pieces = _right_side(content, sizes, inks, True, 2)
    return pieces, "", 0.0, 2


def _replay_tag(content: StripContent, sizes: _Sizes, inks: Inks, short: int) -> _Piece | None:
    """The past says so first of all: a filled tag at the left edge, its icon alone where it is tight."""
    if not content.badges.replay:
        return None
    tag = _Piece("tag", _("REPLAY") if short < 2 else "", inks.accent, REPLAY)
    tag.width = _width(tag, sizes)
    return tag


def _replay_width(content: StripContent, sizes: _Sizes, inks: Inks, short: int) -> float:
    tag = _replay_tag(content, sizes, inks, short)
    return tag.width if tag is not None else 0.0


def _paint_replay(painter: QPainter, content: StripContent, height: int, sizes: _Sizes, inks: Inks,
                  short: int) -> float:
    """Draws the tag of the past; returns where it ends."""
    tag = _replay_tag(content, sizes, inks, short)
    if tag is None:
        return 0.0
    painter.fillRect(QRectF(0, 0, tag.width, height), colour(tag.ink))
    side, at = sizes.icon, sizes.tag_padding
    paint_icon(painter, tag.icon, QRectF(at, (height - side) / 2, side, side), inks.on_fill, sizes.step.icon)
    if tag.text:
        _words(painter, tag.text, at + side + sizes.icon_gap, height, sizes.number, inks.on_fill)
    return tag.width


def _taken(pieces: list[_Piece], sizes: _Sizes) -> float:
    if not pieces:
        return sizes.padding
    edge = 0.0 if pieces[0].kind == "tag" else sizes.padding
    return edge + sum(p.width for p in pieces) + sizes.between * (len(pieces) - 1)


def _right_side(content: StripContent, sizes: _Sizes, inks: Inks, brief_rec: bool, short: int) -> list[_Piece]:
    """From the right edge inwards: state, replay, holder, zoom, stream, REC."""
    pieces: list[_Piece] = []
    text = content.state_texts[short]
    if content.state is PaneState.LIVE and text:
        pieces.append(_Piece("words", text, inks.quiet))    # it saves on purpose: nothing to look into
    elif content.state_texts[0] and content.state is not PaneState.LIVE:
        icon = STATE_SIGNS[content.state]
        if content.state in (PaneState.FROZEN, PaneState.LOST):
            pieces.append(_Piece("tag", text, inks.red, icon))
        elif content.state is PaneState.REFUSED and text and not sizes.step.small:
            pieces.append(_Piece("outline", text, inks.red_words, icon))
        else:
            ink = inks.red_words if content.state is PaneState.REFUSED else inks.amber
            pieces.append(_Piece("icon-words", text, ink, icon))
    if content.badges.replay_time:
        clock, _space, zone = content.badges.replay_time.partition(" ")
        if short < 2 and zone:
            pieces.append(_Piece("words", zone, inks.quiet))
        pieces.append(_Piece("strong", clock, inks.words))
    if content.badges.event:
        pieces.append(_Piece("icon-words", content.badges.event if short < 2 else "", inks.amber, EVENT))
    if content.badges.alarm:
        pieces.append(_Piece("icon-words", content.badges.alarm, inks.red_words, STEERING))
    if content.badges.holder:
        holder = content.badges.holder
        if short:                       # the person goes before the agency when it is tight
            holder = holder.split(" · ")[0]
        if content.badges.holder_left is not None and short < 2:
            holder = f"{holder} {words.span(content.badges.holder_left)}"
        pieces.append(_Piece("icon-words", holder, inks.cyan, STEERING))
    if content.zoom:
        pieces.append(_Piece("words", content.zoom, inks.quiet))
    if content.stream:
        pieces.append(_Piece("words", content.stream, inks.quiet))
    if content.badges.recording:
        pieces.append(_Piece("dot", "" if brief_rec else _("REC"), inks.quiet))
    for piece in pieces:
        piece.width = _width(piece, sizes)
    return pieces


def _face(piece: _Piece, sizes: _Sizes) -> QFont:
    if piece.kind in ("tag", "outline", "strong"):
        return sizes.number
    return sizes.value if piece.kind == "icon-words" else sizes.second


def _width(piece: _Piece, sizes: _Sizes) -> float:
    text = advance(piece.text, _face(piece, sizes)) if piece.text else 0.0
    gap = sizes.icon_gap if piece.text else 0.0
    if piece.kind == "tag":
        return sizes.tag_padding + sizes.icon + gap + text + (sizes.padding if sizes.step.small else sizes.tag_padding)
    if piece.kind == "outline":         # 2 px short of the padding, so that its line does not touch a frame
        return sizes.tag_padding + _OUTLINE_ICON * sizes.ratio + gap + text + sizes.tag_padding + 2 * sizes.ratio
    if piece.kind == "icon-words":
        return sizes.icon + gap + text
    if piece.kind == "dot":
        return sizes.dot + (4 * sizes.ratio + text if piece.text else 0.0)
    return text


def _paint_right(painter: QPainter, pieces: list[_Piece], width: int, height: int, sizes: _Sizes,
                 inks: Inks) -> float:
    """Draws from the right edge inwards; returns where the last piece begins."""
    x = float(width)
    if not pieces or pieces[0].kind != "tag":
        x -= sizes.padding
    for index, piece in enumerate(pieces):
        if index:
            x -= sizes.between
        x -= piece.width
        ink, at = piece.ink, x
        if piece.kind == "tag":
            painter.fillRect(QRectF(x, 0, piece.width, height), colour(piece.ink))
            ink, at = inks.on_fill, x + sizes.tag_padding
        elif piece.kind == "outline":
            line = max(1, round(sizes.ratio))
            painter.setPen(QPen(colour(inks.red), line))
            inset = 2 * round(sizes.ratio)
            painter.drawRect(QRectF(round(x) + line / 2, inset + line / 2,
                                    round(piece.width - 2 * sizes.ratio) - line, height - 2 * inset - line))
            at = x + sizes.tag_padding
        elif piece.kind == "dot":
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(inks.words))
            painter.drawEllipse(QRectF(x, (height - sizes.dot) / 2, sizes.dot, sizes.dot))
            painter.restore()
            at = x + sizes.dot + 4 * sizes.ratio
        if piece.icon:
            side = _OUTLINE_ICON * sizes.ratio if piece.kind == "outline" else sizes.icon
            paint_icon(painter, piece.icon, QRectF(at, (height - side) / 2, side, side), ink, sizes.step.icon)
            at += side + sizes.icon_gap
        if piece.text:
            _words(painter, piece.text, at, height, _face(piece, sizes), ink)
    return x - sizes.gap


def _words(painter: QPainter, text: str, x: float, height: int, face: QFont, ink: str) -> None:
    painter.setFont(face)
    painter.setPen(colour(ink))
    painter.drawText(QRectF(x, 0, 16384, height), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
