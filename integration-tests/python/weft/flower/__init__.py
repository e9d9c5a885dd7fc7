"""Flower: ``ClientApp`` in place of Flower's own at the sites, ``WeftStrategy`` around the strategy at the coordinator.

Made for the Message API of Flower 1.42. Only mods, strategies and the grid are used; no protocol of Flower's own is.
"""

from .app import ClientApp, enforce
from .points import OutOfOrder, Points
from .secagg import WeftSecAgg
from .strategy import WeftStrategy

__all__ = ["ClientApp", "OutOfOrder", "Points", "WeftSecAgg", "WeftStrategy", "enforce"]
