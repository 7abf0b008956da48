"""The application on a fake station, as in tests/widgets/window."""

from tests.widgets.window.conftest import opening, shown

__all__ = ["opening", "shown"]
