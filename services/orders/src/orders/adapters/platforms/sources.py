"""All platforms by name, and reading a body of one: an order, or a list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chassis.errors import Invalid
from orders.adapters.platforms import shopify, woocommerce
from orders.adapters.platforms.told import not_readable
from orders.adapters.tracking.reading import read_json
from orders.domain.carrier_words import unreadable
from orders.domain.platform_orders import UnreadOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orders.domain.platform_orders import PlatformOrder, Shop

    Told = Mapping[str, Any]

_READERS: dict[str, tuple[Callable[[Told], str | None], Callable[[Told, Shop], PlatformOrder]]] = {
    "shopify": (shopify.external_ref, shopify.read),
    "woocommerce": (woocommerce.external_ref, woocommerce.read),
}
_LISTS = ("orders", "fulfillments")
_SINGLES = ("order", "fulfillment", "order_edit", "refund", "transaction")

PLATFORMS = tuple(sorted(_READERS))
"""The names of all that can be read."""


def read_orders(
    platform: str, payload: bytes, shop: Shop
) -> tuple[PlatformOrder | UnreadOrder, ...]:
    """Read every order of a body, in its sequence; one that is not readable hides no other.

    Raises `PayloadUnreadable` for a body that tells no orders, `KeyError` for a platform that is
    not one of `PLATFORMS`.
    """
    name_of, reader = _READERS[platform]
    return tuple(_read(told, shop, name_of, reader) for told in _orders_in(read_json(payload)))


def _orders_in(body: Any) -> list[Any]:
    if isinstance(body, dict):
        told = cast("dict[str, Any]", body)
        for name in _LISTS:
            if isinstance(told.get(name), list) and "id" not in told:
                return cast("list[Any]", told[name])
        for name in _SINGLES:
            if isinstance(told.get(name), dict) and "id" not in told:
                return [told[name]]
        if "id" in told:
            return [told]
    if isinstance(body, list):
        return cast("list[Any]", body)
    raise unreadable("body", "tells no order")


def _read(
    told: Any,
    shop: Shop,
    name_of: Callable[[Told], str | None],
    reader: Callable[[Told, Shop], PlatformOrder],
) -> PlatformOrder | UnreadOrder:
    if not isinstance(told, dict):
        return UnreadOrder(external_ref=None, refusal=not_readable("body", "lists no order"))
    order = cast("Told", told)
    try:
        return reader(order, shop)
    except Invalid as refusal:
        return UnreadOrder(external_ref=name_of(order), refusal=refusal)
    except (
        ArithmeticError,
        AttributeError,
        IndexError,
        KeyError,
        RecursionError,
        TypeError,
    ) as error:
        problem = f"has another form than the platform's ({type(error).__name__})"
        return UnreadOrder(external_ref=name_of(order), refusal=not_readable("order", problem))
