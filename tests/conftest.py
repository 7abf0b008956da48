"""What every test gets: a throwaway profile, the leak guard, strict Qt messages, and a display when it asks."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = (
    "tests.fixtures.leaks",         # first: its check runs last, after every other fixture has tidied up
    "tests.fixtures.qt_messages",
    "tests.fixtures.home",
    "tests.fixtures.screen",
)

# A property is judged by its examples, not by how busy the machine is that runs them.
settings.register_profile("lawang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lawang")
