"""One row of the command table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.commands.conditions import ALWAYS, PAGE, TYPING, Condition
from app.runtime.language import gettext


class Right(StrEnum):
    """What an operator must be allowed to do; watching and arranging the own wall is the first."""

    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Command:
    """What an operator can do. The row knows nothing about doing: a handler is bound to ``id`` elsewhere.

    ``title`` and ``group`` are English texts marked for the catalogue. ``keys`` are the default keys. A ``hold``
    command acts from key down to key up; its handler takes ``down``. ``typing``: also fires while someone types in a
    field. ``menu`` names the menu that shows it ("pane": right click). ``fixed`` are arguments that this row always
    passes; they also fill the fields of the title. ``takes``: arguments that the caller must give. ``takes_key``: the
    handler gets ``key``, the bare key that was pressed. ``by_widgets``: the handler needs a screen and is bound by the
    widgets. ``palette``: offered by Ctrl+K. ``pages``: its keys also act while a page covers the wall; those of typing
    commands always do.
    """

    id: str
    title: str
    group: str
    keys: tuple[str, ...] = ()
    hold: bool = False
    when: Condition = ALWAYS
    right: Right = Right.VIEW
    typing: bool = False
    menu: str = ""
    fixed: tuple[tuple[str, str | int], ...] = ()
    takes: tuple[str, ...] = ()
    takes_key: bool = False
    by_widgets: bool = False
    palette: bool = True
    pages: bool = False

    @property
    def text(self) -> str:
        """The title in the operator's language, its fields filled."""
        words = gettext(self.title)
        return words.format(**dict(self.fixed)) if self.fixed else words

    @property
    def group_text(self) -> str:
        """The group in the operator's language."""
        return gettext(self.group)

    @property
    def effective(self) -> Condition:
        """When a key reaches it: its own condition, and neither while typing nor on a page unless the row says so."""
        if self.typing:
            return self.when
        return self.when & ~TYPING if self.pages else self.when & ~TYPING & ~PAGE
