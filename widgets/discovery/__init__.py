"""Finding cameras in the network: a panel below the list of cameras, and what it shows."""

from widgets.discovery.below import Below
from widgets.discovery.panel import DiscoveryPanel

__all__ = ["Below", "DiscoveryPanel"]
