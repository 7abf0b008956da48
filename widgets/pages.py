"""Pages of a console beside its wall: one line per page. A page covers the wall, which goes on playing below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.runtime.language import mark as N_
from widgets.bookmarks.page import BookmarksPage
from widgets.panels import Surroundings
from widgets.recording.rules_page import RulesPage
from widgets.register.availability_page import AvailabilityPage
from widgets.register.page import RegisterPage
from widgets.settings.page import SettingsPage
from widgets.tours.page import ToursPage


@dataclass(frozen=True, slots=True)
class Page:
    """``title`` is an English text marked for the catalogue; ``build`` makes a PanelWidget when first opened."""

    name: str
    title: str
    build: Callable[[Surroundings], QWidget]


PAGES: tuple[Page, ...] = (
    Page("cameras", N_("Cameras"), RegisterPage),
    Page("availability", N_("Availability"), AvailabilityPage),
    Page("tours", N_("Tours"), ToursPage),
    Page("bookmarks", N_("Bookmarks"), BookmarksPage),
    Page("recording", N_("Recording"), RulesPage),
    Page("settings", N_("Settings"), SettingsPage),
)
