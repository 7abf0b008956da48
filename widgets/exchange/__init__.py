"""Lists of cameras in and out: the import panel of the register page, and the export."""

from widgets.exchange.export import Exporter, name_filters
from widgets.exchange.panel import ImportPanel

__all__ = ["Exporter", "ImportPanel", "name_filters"]
