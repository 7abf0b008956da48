"""What every test gets: a throwaway profile, the leak guard, strict Qt messages, and a display when it asks."""

from __future__ import annotations

pytest_plugins = (
    "tests.fixtures.leaks",         # first: its check runs last, after every other fixture has tidied up
    "tests.fixtures.qt_messages",
    "tests.fixtures.home",
    "tests.fixtures.screen",
)
