"""Shopify's orders, as its webhooks and lists tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.platforms.people import (
    Fields,
    claim_of,
    contact_of,
    country_of,
    language_of,
)
from orders.adapters.platforms.shopify_changes import fulfilments, money_of, withdrawn
from orders.adapters.platforms.shopify_lines import lines_of, shipping_of
from orders.adapters.platforms.shopify_refunds import taken_back
from orders.adapters.platforms.told import (
    currency_of,
    inner,
    instant,
    minor,
    not_readable,
    objects,
    without_none,
    word,
)
from orders.adapters.tracking.reading import text
from orders.domain.placing import Channel
from orders.domain.platform_orders import PlatformOrder, TestOrder, ToldByItsOrder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orders.domain.platform_orders import Shop

    Told = Mapping[str, Any]

_ADDRESS = Fields(
    lines=("company", "address1", "address2"),
    postcode="zip",
    region="province",
    country="country_code",
)
_WHOLE = "Have the platform send orders/updated as well, which tells the whole order with it."


def external_ref(told: Told) -> str | None:
    """Give the reference of an order, or of the order that something told alone belongs to."""
    return text(told, "order_id") or text(told, "id")


def read(told: Told, shop: Shop) -> PlatformOrder:
    """Read an order, or a fulfilment that is told alone.

    Amounts are those in the shop's currency, whatever the customer was shown. Raises
    `OrderNotReadable`, `TestOrder`, and `ToldByItsOrder` for an edit, a refund or a transaction
    that is told alone.
    """
    reference = external_ref(told)
    if reference is None:
        raise not_readable("id", "is missing")
    if _is_fulfilment(told):
        return PlatformOrder(
            external_ref=reference, fulfilments=fulfilments([told]), withdrawn=withdrawn([told])
        )
    if "order_id" in told:
        raise ToldByItsOrder(_WHOLE)
    if told.get("test") is True:
        raise TestOrder("Nobody bought anything. It is not placed.")
    currency = currency_of(told)
    is_cancelled = text(told, "cancelled_at") is not None
    return PlatformOrder(
        external_ref=reference,
        body=_body(told, reference, currency, shop),
        money=money_of(told, reference, currency),
        cancel_reason=(word(told, "cancel_reason") or "other") if is_cancelled else None,
        fulfilments=fulfilments(objects(told, "fulfillments")),
        withdrawn=withdrawn(objects(told, "fulfillments")),
        taken_back=taken_back(told, currency),
        lines_only_grow=True,
    )


def _is_fulfilment(told: Told) -> bool:
    return "order_id" in told and isinstance(told.get("line_items"), list)


def _body(told: Told, reference: str, currency: str, shop: Shop) -> dict[str, Any]:
    is_included = told.get("taxes_included") is True
    in_shop = word(told, "source_name") == "pos"
    billing, shipping = inner(told, "billing_address"), inner(told, "shipping_address")
    country = country_of(shipping, _ADDRESS) or country_of(billing, _ADDRESS) or shop.country
    if country is None:
        raise not_readable("shipping_address.country_code", "is missing, and the shop has none")
    email = text(told, "contact_email") or text(told, "email")
    language = language_of(text(told, "customer_locale"))
    body = without_none(
        **shop.told(),
        external_ref=reference,
        country=country,
        currency=currency,
        placed_at=instant(told, "processed_at", "created_at").isoformat(),
        lines=lines_of(told, currency),
        shipping_minor=shipping_of(told, currency, is_included=is_included),
        prices_include_tax=is_included,
        total_minor=minor(told, "total_price", currency),
        contact=contact_of(
            shipping or billing,
            _ADDRESS,
            email=email,
            phone=text(told, "phone"),
            language=language,
        ),
        customer=_claim(told, shop, country=country, email=email, language=language),
    )
    if not in_shop:
        return body
    is_sent = bool(objects(told, "shipping_lines"))
    return body | {"channel": Channel.SHOP.value, "taken_away": not is_sent}


def _claim(
    told: Told, shop: Shop, *, country: str, email: str | None, language: str | None
) -> dict[str, Any] | None:
    person = inner(told, "customer")
    billing, shipping = inner(told, "billing_address"), inner(told, "shipping_address")
    known = text(person, "id")
    phones = [text(one, "phone") for one in (told, person, billing, shipping)]
    if known is None and email is None and not any(phones):
        return None
    return claim_of(
        person,
        [one for one in (billing, shipping) if one],
        _ADDRESS,
        shop=shop,
        external_id=known or f"guest-{text(told, 'id')}",
        country=country_of(billing, _ADDRESS) or country,
        email=text(person, "email") or email,
        phones=phones,
        language=language,
    )
