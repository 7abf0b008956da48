"""The application on a fake station, as for the windows."""

from tests.widgets.window.conftest import opening, shown  # noqa: F401   (fixtures)
