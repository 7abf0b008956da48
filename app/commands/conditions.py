"""When a command makes sense: conditions over a frozen context, combined with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import product

from app.model.wall import WindowKind

PAGE_NAMES = ("cameras", "availability", "tours", "bookmarks", "recording", "settings")      # pages of a console


@dataclass(frozen=True, slots=True)
class Context:
    """What conditions may ask about, at the moment of the key or click.

    ``typing``: the focus is in a field where words are typed. ``window``: id of the window that has the focus, and
    ``kind`` what it is. ``camera``: its selected pane has a camera. ``alone``: one pane is shown alone. ``zoomed``:
    the selected pane shows a part of its picture. ``entry``: a number is being typed. ``windows``: how many there are.
    ``ptz``: the camera of the selected pane is known to turn.
    ``replay``: the selected pane shows the past.
    ``page``: the page that covers the wall of this console, one of PAGE_NAMES, "" while the wall itself is seen.
    """

    typing: bool = False
    window: str = ""
    kind: WindowKind = WindowKind.CONSOLE
    camera: bool = False
    alone: bool = False
    zoomed: bool = False
    entry: bool = False
    windows: int = 1
    kiosk: bool = False
    page: str = ""
    ptz: bool = False
    replay: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A question about a context. ``text`` shows how it was combined, for messages of tests."""

    test: Callable[[Context], bool]
    text: str

    def __call__(self, context: Context) -> bool:
        return self.test(context)

    def __and__(self, other: Condition) -> Condition:
        return Condition(lambda c: self.test(c) and other.test(c), f"({self.text} & {other.text})")

    def __or__(self, other: Condition) -> Condition:
        return Condition(lambda c: self.test(c) or other.test(c), f"({self.text} | {other.text})")

    def __invert__(self) -> Condition:
        return Condition(lambda c: not self.test(c), f"~{self.text}")

    def __repr__(self) -> str:
        return self.text

    def overlaps(self, other: Condition) -> bool:
        """Whether some context fulfils both: then the two may not share a key."""
        return any(self.test(c) and other.test(c) for c in every_context())


@lru_cache(maxsize=1)
def every_context() -> tuple[Context, ...]:
    """One context per combination that conditions can tell apart (some hundreds)."""
    return tuple(_combinations())


def _combinations() -> Iterator[Context]:
    choices: dict[str, tuple[object, ...]] = {field.name: (False, True) for field in fields(Context)}
    choices |= {"window": ("",), "kind": tuple(WindowKind), "windows": (1, 2), "page": ("", *PAGE_NAMES)}
    for values in product(*choices.values()):
        yield Context(*values)  # type: ignore[arg-type]  # the order is that of the fields


ALWAYS = Condition(lambda _c: True, "always")
TYPING = Condition(lambda c: c.typing, "typing")
CONSOLE = Condition(lambda c: c.kind is WindowKind.CONSOLE, "console")
CAMERA = Condition(lambda c: c.camera, "camera")
PTZ = Condition(lambda c: c.ptz, "ptz")
REPLAY = Condition(lambda c: c.replay, "replay")
ALONE = Condition(lambda c: c.alone, "alone")
ZOOMED = Condition(lambda c: c.zoomed, "zoomed")
ENTRY = Condition(lambda c: c.entry, "entry")
SEVERAL = Condition(lambda c: c.windows > 1, "several")
KIOSK = Condition(lambda c: c.kiosk, "kiosk")
PAGE = Condition(lambda c: bool(c.page), "page")


def on_page(name: str) -> Condition:
    """That page covers the wall. Raises ValueError for a page that is none of PAGE_NAMES."""
    if name not in PAGE_NAMES:
        raise ValueError(f"there is no page {name}")
    return Condition(lambda c: c.page == name, f"page {name}")
