"""What the palette offers for the words typed: commands and cameras, best first, under their groups. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.commands import Command, Dispatcher
from app.model.camera import Camera
from app.model.pane import PaneState
from app.runtime.language import gettext as _
from widgets.palette.offers import Note, Offer, OfferGroup
from widgets.window.reasons import why_not

_MOST_OFFERS = 8            # of one group, as of cameras
MOST_CAMERAS = 8            # more letters narrow faster than scrolling does
_GROUP_LETTERS = 4
PANE_MENU = "pane"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``command`` or ``camera`` is set, or neither for the head of a group. ``why_not``: faded, and why.

    ``also`` are the quiet words after the title; ``key`` the key in force, "" without; ``marks`` the (start, length)
    of the letters that matched in the title; ``args`` go to the command; ``symbol`` is the icon before the title.
    """

    title: str
    also: str = ""
    key: str = ""
    command: str = ""
    camera: Camera | None = None
    why_not: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    state: PaneState | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    symbol: str = "command"

    @property
    def is_head(self) -> bool:
        return not self.command and self.camera is None


@dataclass(frozen=True, slots=True)
class Found:
    """``entries`` with their heads; ``matching`` of ``total`` things that the palette knows."""

    entries: tuple[Entry, ...]
    matching: int
    total: int


def marks(title: str, words: list[str]) -> tuple[tuple[int, int], ...] | None:
    """Where the words lie in the title, beginnings of words first; None when one of them is missing."""
    low = title.casefold().replace("×", "x")            # nobody has × on the keyboard
    found = []
    for word in words:
        at = next((i for i in range(len(low)) if low.startswith(word, i) and (i == 0 or not low[i - 1].isalnum())), -1)
        at = low.find(word) if at < 0 else at
        if at < 0:
            return None
        found.append((at, len(word)))
    return tuple(sorted(found))


def search(text: str, dispatcher: Dispatcher, cameras: Sequence[Camera], known: int, pane_title: str,
           states: Callable[[], Mapping[str, PaneState]], offers: Sequence[OfferGroup] = (),
           notes: Sequence[Note] = ()) -> Found:
    """Everything that holds every word. ``cameras`` were found for the same text, best first, out of ``known``;
    ``pane_title`` names the selected pane's camera, "" when it is empty.

    Things that features offer (scenes, tours) come before commands, and only once something was typed.
    """
    words = text.casefold().replace("×", "x").split()
    rows = [row for row in dispatcher.table if row.palette and not row.takes and not row.takes_key]
    pane_head = _("Commands on {camera}").format(camera=pane_title)
    groups: dict[str, list[tuple[int, Entry]]] = {}
    for row in rows:
        entry = _command(row, words, dispatcher, notes)
        if entry is None:
            continue
        on_pane = row.menu == PANE_MENU and pane_title
        head = pane_head if on_pane else row.group_text
        if on_pane:
            entry = replace(entry, also=row.group_text)
        # Beginnings before middles, possible before impossible; the order of the table within both.
        rank = (2 if entry.why_not else 0) + (0 if not words or _at_word(entry) else 1)
        groups.setdefault(head, []).append((rank, entry))
    seen: list[Entry] = []
    if words:
        now = states()
        seen = [Entry(f"{c.label} {c.name}", " · ".join(reversed(c.area)), c.label, camera=c,
                      marks=marks(f"{c.label} {c.name}", words) or (), state=now.get(c.id))
                for c in cameras[:MOST_CAMERAS]]
    sections = [(head, [entry for _rank, entry in sorted(ranked, key=lambda pair: pair[0])])
                for head, ranked in sorted(groups.items(), key=lambda item: item[0] != pane_head)]
    if seen:
        # A number means a camera; with words the commands on the selected pane are nearer, and all commands are when
        # the cameras were found only by forgiving a typo, or by a note: "gelap" is the dark theme, not Kelapa Lima.
        first = 0 if words[0].isdigit() or not sections or sections[0][0] != pane_head else 1
        sections.insert(first if _is_named(cameras[0], words) else len(sections), (_("Cameras"), seen))
    known_offers = [(group.head(), tuple(group.list())) for group in offers]
    for head, things in known_offers if words else ():
        matched = _offered(things, words, dispatcher)
        if matched:
            sections.insert(0, (head, matched))
    lines = [line for head, entries in sections for line in (Entry(head), *entries)]
    matching = sum(not line.is_head for line in lines)
    offered = sum(len(things) for _head, things in known_offers)
    return Found(tuple(lines), matching, len(rows) + known + offered)


def _offered(things: Sequence[Offer], words: list[str], dispatcher: Dispatcher) -> list[Entry]:
    found = []
    for thing in things:
        places = marks(thing.title, words)
        row = dispatcher.table.get(thing.command)
        if places is not None and row is not None:
            found.append(Entry(thing.title, thing.also, thing.key, thing.command, marks=places, args=thing.args,
                               symbol=thing.symbol, why_not=why_not(row, dispatcher.context())))
    return sorted(found, key=lambda entry: not _at_word(entry))[:_MOST_OFFERS]


def _command(row: Command, words: list[str], dispatcher: Dispatcher, notes: Sequence[Note]) -> Entry | None:
    title = row.text[:1].upper() + row.text[1:]
    places = marks(title, words)
    if places is None:
        # A group's name finds its commands only when it is nearly written out: "pa" would find all of "Panes".
        if not all(len(word) >= _GROUP_LETTERS for word in words) or marks(row.group_text, words) is None:
            return None
        places = ()
    keys = dispatcher.keymap.keys_of(row.id)
    also = " · ".join(filter(None, (note(row.id) for note in notes)))
    return Entry(title, also, keys[0] if keys else "", row.id,
                 why_not=why_not(row, dispatcher.context()), marks=places)


def _is_named(camera: Camera, words: list[str]) -> bool:
    return marks(f"{camera.label} {camera.name} {' '.join(camera.area)}", words) is not None


def _at_word(entry: Entry) -> bool:
    low = entry.title
    return bool(entry.marks) and all(at == 0 or not low[at - 1].isalnum() for at, _length in entry.marks)
