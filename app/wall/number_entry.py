"""Calling up by number: what the digits typed so far mean. Pure.

``107`` a camera into the selected pane, ``.3`` pane 3, ``.2.3`` pane 3 on screen 2, ``*2`` scene or tour 2,
``999`` empties the pane.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLEAR_NUMBER = 999             # the number that empties a pane on most control-room keyboards
MOST_LENGTH = 9                # longer than any call-up number; further keys are ignored, not remembered
_PANE = re.compile(r"\.(?:(\d+)\.)?(\d+)")


@dataclass(frozen=True, slots=True)
class ShowCamera:
    """The camera of that number into the selected pane."""
    number: int


@dataclass(frozen=True, slots=True)
class ChoosePane:
    """Pane and screen as operators count them, from 1; ``screen`` None is the window that has the focus."""

    pane: int
    screen: int | None = None


@dataclass(frozen=True, slots=True)
class ShowScene:
    """The scene or tour of that number."""
    number: int


@dataclass(frozen=True, slots=True)
class ClearPane:
    """The selected pane shows nothing."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Nothing that Enter could do: an empty entry, or a sign without its digits."""

    text: str


type Call = ShowCamera | ChoosePane | ShowScene | ClearPane | Unfinished


def typed(text: str, key: str) -> str:
    """The entry after one more key; a key that cannot follow leaves it as it is."""
    grown = text + key
    if len(grown) > MOST_LENGTH:
        return text
    return grown if re.fullmatch(r"\d+|\*\d*|\.\d*|\.\d+\.\d*", grown, re.ASCII) else text


def taken_back(text: str) -> str:
    """The entry without its last key."""
    return text[:-1]


def meaning(text: str) -> Call:
    """What Enter would do."""
    if text.isdecimal():
        return ClearPane() if text == str(CLEAR_NUMBER) else ShowCamera(int(text))
    if match := _PANE.fullmatch(text):
        return ChoosePane(int(match[2]), int(match[1]) if match[1] else None)
    if text.startswith("*") and text[1:].isdecimal():
        return ShowScene(int(text[1:]))
    return Unfinished(text)
