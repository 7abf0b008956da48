"""Calls, saves, changes and deletes scenes, and takes back the last change of their list.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from psygnal import Signal

from app.commands import Dispatcher
from app.model.errors import OperatorError
from app.model.scene import Scene
from app.model.wall import WallState, WindowKind, WindowState
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.language import ngettext
from app.scenes import matching
from app.scenes.book import SceneBook

KIND = N_("scene")
LONGEST_NAME = 200              # characters, as in the registry
MOST_UNDO = 20                  # changes of the list kept; more than anyone remembers having made


class Stage(Protocol):
    """What scenes ask of the wall; app.wall.Wall is one."""

    @property
    def state(self) -> WallState: ...

    def call_back(self, after: WallState, /) -> bool: ...


class Numbers(Protocol):
    """The numbers that scenes share with tours; app.wall.numbers.CallNumbers is one."""

    def call(self, number: int, /) -> None: ...

    def free(self, beginning: int = 1, /) -> int: ...

    def refusal(self, number: int, kind: str = "", but: int = 0, /) -> str: ...


class SceneHandlers:
    """The doing. ``current`` names the window with the keyboard, ``known`` says whether a camera id is in the list.

    ``told`` carries one sentence about what a call or a change did beyond the obvious, ``done`` one about a
    scene that was kept, changed or deleted; ``now_changed`` is emitted when
    ``title`` may differ.
    """

    told = Signal(str)
    done = Signal(str)
    now_changed = Signal()

    def __init__(self, wall: Stage, book: SceneBook, numbers: Numbers, current: Callable[[], str],
                 known: Callable[[str], bool], make_id: Callable[[], str]) -> None:
        self._wall, self.book, self.numbers = wall, book, numbers
        self._current, self._known, self._make_id = current, known, make_id
        self._now = self._told_title = ""
        self._same = False
        self._undo: deque[tuple[Scene | None, Scene | None]] = deque(maxlen=MOST_UNDO)     # before, after

    def bind(self, dispatcher: Dispatcher) -> None:
        """Every row of app.scenes.commands that is not marked ``by_widgets``."""
        handlers: dict[str, Callable[..., None]] = {
            "scene.key": lambda key: self.numbers.call(int(key)), "scene.call": self.call, "scene.put": self.put,
            "scene.save": self.save, "scene.overwrite": self.overwrite, "scene.change": self.change,
            "scene.overwrite_current": self.overwrite_current, "scene.delete": self.delete, "scene.undo": self.undo}
        for command_id, handler in handlers.items():
            dispatcher.bind(command_id, handler)

    # --- which scene the wall shows ---

    @property
    def now(self) -> Scene | None:
        """The scene that was called or saved last, while it exists."""
        return self.book.by_id(self._now)

    @property
    def title(self) -> str:
        """Its name, with " *" once the wall differs from it; "" when there is none."""
        scene = self.now
        if scene is None:
            return ""
        return scene.name if self._same else f"{scene.name} *"

    def look(self, recognise: bool = False) -> None:
        """The wall or the list of cameras changed; ``recognise``: the list of scenes did."""
        scene = self.now
        if scene is None and recognise:
            # After a start, or when another program deleted it: the wall may be a scene without having been called.
            # Not at every change of the wall: a hundred scenes take 30 ms, and a zoom that is held has 16.
            scene = next((s for s in self.book.all() if matching.still_shows(self._wall.state, s, self._known)), None)
        self._now = scene.id if scene is not None else ""
        self._same = scene is not None and matching.still_shows(self._wall.state, scene, self._known)
        if self.title != self._told_title:
            self._told_title = self.title
            self.now_changed.emit()

    # --- calling ---

    def call_number(self, number: int) -> None:
        """The scene of that number. Raises OperatorError."""
        self._show(self._of(self.book.by_number(number)))

    def call(self, scene: str) -> None:
        """The scene of that id, as one step of the wall's undo. Raises OperatorError when it holds no window."""
        self._show(self._of(self.book.by_id(scene)))

    def put(self, scene: str, window: str, pane: int | None = None) -> None:  # noqa: ARG002  the mouse gives a pane
        """A scene onto that one window: its part of the scene, or the scene's first window."""
        found = self._of(self.book.by_id(scene))
        try:
            result = matching.put(self._wall.state, found, window, self._known)
        except LookupError:
            raise OperatorError(_("This window is no longer there.")) from None
        self._become(result, found)

    def _show(self, scene: Scene) -> None:
        result = matching.called(self._wall.state, scene, self._known)
        if len(result.missing) == len(scene.windows):
            raise OperatorError(_("Scene “{name}” is for {windows}, which is not open. Drag it onto a window.").format(
                name=scene.name, windows=_names(result.missing)))
        self._become(result, scene)

    def _become(self, result: matching.Called, scene: Scene) -> None:
        self._now = scene.id
        self._wall.call_back(result.state)
        self.look()
        sentences = []
        if result.missing:
            sentences.append(_("Not open, so not shown: {windows}.").format(windows=_names(result.missing)))
        if result.opened:
            sentences.append(_("Opened: {windows}.").format(windows=_names(result.opened)))
        if result.lost:
            sentences.append(ngettext("{count} camera of this scene is no longer in the list; its pane is empty.",
                                      "{count} cameras of this scene are no longer in the list; their panes are empty.",
                                      result.lost).format(count=result.lost))
        if sentences:
            self.told.emit(" ".join(sentences))

    def _of(self, scene: Scene | None) -> Scene:
        if scene is None:
            raise OperatorError(_("This scene is no longer in the list."))
        if not scene.windows:
            raise OperatorError(_("Scene “{name}” cannot be read; overwrite it or delete it.").format(name=scene.name))
        return scene

    # --- the list ---

    def save(self, name: str, number: int, windows: Sequence[str], whole: bool = False) -> None:
        """What those windows show, as a new scene. Raises OperatorError with a sentence when it may not be."""
        kept = matching.taken(self._wall.state, windows)
        if not kept:
            raise OperatorError(_("Choose at least one window."))
        self._check(name, number)
        scene = Scene(self._make_id(), number, " ".join(name.split()), kept, whole)
        self._keep(None, scene)
        self._now = scene.id
        self.look()
        self.done.emit(_("Saved: “{name}”, called with *{number} Enter.").format(name=scene.name, number=number))

    def overwrite(self, scene: str) -> None:
        """The same windows as they are now; all of them when it was saved as all windows. Raises OperatorError."""
        before = self.book.by_id(scene)
        if before is None:
            raise OperatorError(_("This scene is no longer in the list."))
        state = self._wall.state
        here = [found.id for _wanted, found in matching.matched(state, before) if found is not None]
        wanted = [w.id for w in state.windows] if before.whole else here or [self._current()]
        self._keep(before, replace(before, windows=matching.taken(state, wanted)))
        self._now = before.id
        self.look()
        self.done.emit(_("“{name}” now holds what is shown.").format(name=before.name))

    def overwrite_current(self) -> None:
        scene = self.now
        if scene is None:
            raise OperatorError(_("No scene is on the wall; save what is shown as a new one."))
        self.overwrite(scene.id)

    def change(self, scene: str, name: str | None = None, number: int | None = None) -> None:
        """Another name, another number, or both. Raises OperatorError with a sentence when it may not be."""
        before = self.book.by_id(scene)
        if before is None:
            raise OperatorError(_("This scene is no longer in the list."))
        after = replace(before, name=" ".join((before.name if name is None else name).split()),
                        number=before.number if number is None else number)
        self._check(after.name, after.number, before.number)
        self._keep(before, after)

    def delete(self, scene: str) -> None:
        before = self.book.by_id(scene)
        if before is None:
            raise OperatorError(_("This scene is no longer in the list."))
        self._keep(before, None)
        self.done.emit(_("Deleted: “{name}”.").format(name=before.name))

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    def undo(self) -> None:
        """Take back the last change of the list that was made here. Raises OperatorError when it cannot be."""
        if not self._undo:
            raise OperatorError(_("There is no change of the scenes to undo."))
        before, after = self._undo.pop()
        scene = before or after
        assert scene is not None
        if self.book.by_id(scene.id) != after:
            raise OperatorError(_("Another program has changed “{name}” since; it stays as it is.").format(
                name=scene.name))
        if before is None:
            self.book.remove(scene.id)
        else:
            refusal = self.numbers.refusal(before.number, KIND, after.number if after is not None else 0)
            if refusal:
                raise OperatorError(refusal)
            self.book.save(before)
        self.look()

    def _keep(self, before: Scene | None, after: Scene | None) -> None:
        if before == after:
            return
        self._undo.append((before, after))
        if after is not None:
            self.book.save(after)
        elif before is not None:
            self.book.remove(before.id)

    def _check(self, name: str, number: int, but: int = 0) -> None:
        if not name.strip():
            raise OperatorError(_("A scene needs a name."))
        if len(name) > LONGEST_NAME:
            raise OperatorError(_("A scene needs a name of 1 to {most} characters.").format(most=LONGEST_NAME))
        refusal = self.numbers.refusal(number, KIND, but)
        if refusal:
            raise OperatorError(refusal)


def _names(windows: Sequence[WindowState]) -> str:
    """"Wall 2, Wall 3": windows as operators call them where they have no number on the wall."""
    return ", ".join(f"{_('Console') if w.kind is WindowKind.CONSOLE else _('Wall')} {w.id.removeprefix('w')}"
                     for w in windows)
