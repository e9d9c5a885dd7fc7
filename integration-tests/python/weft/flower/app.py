"""A ClientApp with both points of capture in their places, whatever mods the app has: one import line instead of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flwr.clientapp
from flwr.app import Context, Message

from .points import Points, SiteOf
from .records import RECORD
from ..site import Site

_Plain = flwr.clientapp.ClientApp
Function = Callable[[Message, Context], Message]


class ClientApp(_Plain):
    """As Flower's, with the wire point before the first and the plaintext point behind the last mod.

    It also answers the coordinator's question which member this client belongs to.

    :param site: which site a context belongs to; by default the node of ``WEFT_URL`` with ``WEFT_DATASETS``
    """

    def __init__(
        self, client_fn: Any = None, mods: list[Any] | None = None, *, site: SiteOf | Site | None = None
    ) -> None:
        self._site = site
        self._own = list(mods or [])
        self._points = Points(site, self._own)
        if client_fn is not None:
            super().__init__(client_fn, self._points.mods)
            return
        super().__init__()
        super().query(RECORD)(self._points.introduce)

    def train(self, action: str = "default", *, mods: list[Any] | None = None) -> Callable[[Function], Function]:
        """As Flower's; mods of the function alone stand inside of the app's, and the plaintext point inside of them."""
        return super().train(action, mods=Points(self._site, [*self._own, *(mods or [])]).mods)

    def evaluate(self, action: str = "default", *, mods: list[Any] | None = None) -> Callable[[Function], Function]:
        """As Flower's."""
        return super().evaluate(action, mods=Points(self._site, [*self._own, *(mods or [])]).mods)

    def query(self, action: str = "default", *, mods: list[Any] | None = None) -> Callable[[Function], Function]:
        """As Flower's; nothing is captured of a query."""
        return super().query(action, mods=[*self._own, *(mods or [])])


def enforce(site: SiteOf | Site | None = None) -> None:
    """Puts the points around every ClientApp that this interpreter makes, so that no job can leave them out.

    For the ``sitecustomize`` of the image in which a site runs its ClientApps (``--isolation process``).
    """

    class Enforced(ClientApp):
        def __init__(self, client_fn: Any = None, mods: list[Any] | None = None, **own: Any) -> None:
            super().__init__(client_fn, mods, **{"site": site, **own})

    flwr.clientapp.ClientApp = Enforced  # type: ignore[misc]
    flwr.clientapp.client_app.ClientApp = Enforced  # type: ignore[attr-defined]
