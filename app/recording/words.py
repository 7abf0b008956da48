"""What is told about a place for recordings, in words.

Runs on: any thread; texts are looked up when they are told.
"""

from __future__ import annotations

from typing import NoReturn

from app.model.clip import GapCause
from app.model.errors import OperatorError
from app.recording.place import State
from app.recording.policy import Rank
from app.runtime.language import gettext as _


def state_text(state: State) -> str:
    """How a place is, in a table."""
    return {State.WELL: _("in use"), State.AWAY: _("away"), State.OTHER: _("another disk"),
            State.TAKEN: _("another program records"), State.REFUSED: _("cannot be written"),
            State.DISTRUSTED: _("does not follow"), State.UNSEEN: _("not looked at yet")}[state]


def without(place: object, state: State) -> str:
    """That one place is left out while others go on."""
    words = {State.AWAY: _("Storage {place} is away: its mark is missing. What lies there cannot be played until it is "
                           "back. Recording goes on at the other places."),
             State.OTHER: _("At {place} lies another storage than before: nothing is written there. Mount the right "
                            "disk, or add the place anew. Recording goes on at the other places.")}
    return words.get(state, _("Storage {place} cannot be used now. Recording goes on at the other places.")).format(
        place=place)


def no_room(least: int, others: bool) -> str:
    """What is given up at a place, by rank; ``others``: other places take it."""
    if others:
        return _("There is no room for recordings at {place}: what finds none there goes to the other places.")
    if least <= Rank.LAST_MINUTES + 1:
        return _("There is no room for recordings at {place}. The last minutes of cameras on the wall are not recorded "
                 "any more.")
    if least <= Rank.ALWAYS:
        return _("There is no room for recordings at {place}. Only what matters most is still recorded; everything "
                 "below is given up.")
    if least <= Rank.NEEDED:
        return _("There is no room for recordings at {place}. Only events and what bookmarks hold is still recorded.")
    return _("There is no room for recordings at {place}: what is left is held by bookmarks or the disk is full. "
             "Nothing more is recorded.")


def damaged(place: object) -> NoReturn:
    """Where no new index can be made. Raises OperatorError."""
    raise OperatorError(_("The index of recordings at {place} is damaged.").format(place=place))


def cause_text(cause: GapCause) -> str:
    """Why a disk takes nothing."""
    return {GapCause.DISK_FULL: _("the disk is full"), GapCause.DISK_SLOW: _("the disk is too slow"),
            GapCause.DISK_GONE: _("the disk is gone")}.get(cause, _("the disk refuses"))
