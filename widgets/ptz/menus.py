"""The menus of the PTZ panel: the patrol's pace and the camera's own tours, and when it goes home.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.commands import Dispatcher
from app.ptz.steering import Steering
from app.runtime.language import gettext as _
from widgets.common.plain import entry
from widgets.ptz.keeping import Kept

MOST_WORDS = 40             # auxiliary commands in a menu; a dome lists four to twelve


def patrol_menu(parent: QWidget, at: QPoint, kept: Kept, steering: Steering, dispatcher: Dispatcher) -> None:
    """How long each preset is looked at, how fast the camera goes there; and the tours that it has of its own."""
    menu = QMenu(parent)
    first = kept.patrol[0] if kept.patrol else None
    for seconds in (5, 10, 20, 60):
        _choice(menu, _("{seconds} s at each preset").format(seconds=seconds), first is not None
                and first.dwell_s == seconds, partial(kept.set_pace, float(seconds)), enabled=first is not None)
    menu.addSeparator()
    for words, speed in ((_("as fast as the camera likes"), 0.0), (_("slowly"), 0.3), (_("fast"), 1.0)):
        _choice(menu, words, first is not None and first.speed == speed, partial(kept.set_pace, None, speed),
                enabled=first is not None)
    tours = steering.tours.get(steering.selected, ())
    if tours:
        menu.addSection(_("Tours of the camera itself"))
    for token, name, runs in tours:
        _choice(menu, entry(name), runs, partial(dispatcher.run, "ptz.tour", token=token, start=not runs))
    _popup(menu, at)


def home_menu(parent: QWidget, at: QPoint, steering: Steering, dispatcher: Dispatcher) -> None:
    """When this camera goes home by itself, and where home is."""
    menu = QMenu(parent)
    now = steering.home_after.get(steering.selected)
    for words, seconds in ((_("Goes home as the setting says"), None), (_("Never goes home by itself"), 0),
                           (_("Home after 1 minute"), 60), (_("Home after 5 minutes"), 300),
                           (_("Home after 15 minutes"), 900)):
        _choice(menu, words, now == seconds,
                partial(dispatcher.run, "ptz.home_after", seconds=-1 if seconds is None else seconds))
    menu.addSeparator()
    menu.addAction(_("Make this the home position"), partial(dispatcher.run, "ptz.set_home"))
    _popup(menu, at)


def auxiliary_menu(parent: QWidget, at: QPoint, steering: Steering, dispatcher: Dispatcher) -> None:
    """Everything that the camera lists, in its own words: no list of ours knows what a maker thought of."""
    facts = steering.facts.get(steering.selected)
    if facts is None or not facts.auxiliaries:
        return
    menu = QMenu(parent)
    for word in facts.auxiliaries[:MOST_WORDS]:
        menu.addAction(entry(word.removeprefix("tt:").replace("|", ": ")),
                       partial(dispatcher.run, "ptz.auxiliary", word=word))
    _popup(menu, at)


def _choice(menu: QMenu, words: str, chosen: bool, act: Callable[[], object], enabled: bool = True) -> None:
    action = menu.addAction(words, act)
    action.setCheckable(True)
    action.setChecked(chosen)
    action.setEnabled(enabled)


def _popup(menu: QMenu, at: QPoint) -> None:
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
