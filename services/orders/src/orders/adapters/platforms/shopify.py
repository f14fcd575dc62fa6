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
from orders.adapters.platforms.shopify_changes import fulfilments, money_of, sku_of, taken_back
from orders.adapters.platforms.told import (
    currency_of,
    inner,
    instant,
    minor,
    not_readable,
    number,
    objects,
    rate,
    tax_parts,
    without_none,
    word,
)
from orders.adapters.tracking.reading import text
from orders.domain.placing import Channel
from orders.domain.platform_orders import PlatformOrder, TestOrder
from orders.domain.sharing import share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orders.domain.platform_orders import Shop

    Told = Mapping[str, Any]

_PER_CENT = 100
_ADDRESS = Fields(
    lines=("company", "address1", "address2"),
    postcode="zip",
    region="province",
    country="country_code",
)


def external_ref(told: Told) -> str | None:
    """Give the reference of an order, or of the order that a fulfilment alone belongs to."""
    return text(told, "order_id") if _is_fulfilment(told) else text(told, "id")


def read(told: Told, shop: Shop) -> PlatformOrder:
    """Read an order, or a fulfilment that is told alone; raises `OrderNotReadable`, `TestOrder`."""
    reference = external_ref(told)
    if reference is None:
        raise not_readable("id", "is missing")
    if _is_fulfilment(told):
        return PlatformOrder(external_ref=reference, fulfilments=fulfilments([told]))
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
        taken_back=taken_back(told, currency),
    )


def _is_fulfilment(told: Told) -> bool:
    return "order_id" in told and "line_items" in told and "total_price" not in told


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
        lines=_lines(told, currency),
        shipping_minor=_shipping(told, currency, is_included=is_included),
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
    return body | ({"channel": Channel.SHOP.value} if in_shop else {})


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


def _lines(told: Told, currency: str) -> list[dict[str, Any]]:
    items = objects(told, "line_items")
    if not items:
        raise not_readable("line_items", "are missing")
    quantities = [number(item, "quantity") for item in items]
    prices = [minor(item, "price", currency) for item in items]
    goods = [quantity * price for quantity, price in zip(quantities, prices, strict=True)]
    discounts = _discounts(told, items, goods, currency)
    net = [max(0, one - off) for one, off in zip(goods, discounts, strict=True)]
    taxes = _taxes(told, items, net, currency)
    return [
        without_none(
            sku=sku_of(item),
            description=text(item, "name") or text(item, "title"),
            category=word(item, "product_type"),
            quantity=quantities[place],
            unit_price_minor=prices[place],
            discount_minor=discounts[place],
            tax_minor=taxes[place],
            taxes=tax_parts(
                [
                    (word(tax, "title"), _percent(tax), minor(tax, "price", currency))
                    for tax in objects(item, "tax_lines")
                ],
                taxes[place],
            ),
        )
        for place, item in enumerate(items)
    ]


def _percent(tax: Told) -> Any:
    told = rate(tax, "rate")
    return None if told is None else told * _PER_CENT


def _discounts(told: Told, items: Sequence[Told], goods: Sequence[int], currency: str) -> list[int]:
    """Give each line's discount: what the platform allotted to it, else a share of the order's."""
    if any(objects(item, "discount_allocations") for item in items):
        return [
            sum(minor(one, "amount", currency) for one in objects(item, "discount_allocations"))
            for item in items
        ]
    own = [minor(item, "total_discount", currency) for item in items]
    of_shipping = sum(_shipping_discount(one, currency) for one in objects(told, "shipping_lines"))
    wide = minor(told, "total_discounts", currency) - sum(own) - of_shipping
    shared = share(max(0, wide), [max(0, one - off) for one, off in zip(goods, own, strict=True)])
    return [off + more for off, more in zip(own, shared, strict=True)]


def _taxes(told: Told, items: Sequence[Told], net: Sequence[int], currency: str) -> list[int]:
    """Give each line's tax; where only the order tells it, its share."""
    if any(objects(item, "tax_lines") for item in items):
        return [
            sum(minor(tax, "price", currency) for tax in objects(item, "tax_lines"))
            for item in items
        ]
    of_shipping = sum(_shipping_tax(one, currency) for one in objects(told, "shipping_lines"))
    return share(max(0, minor(told, "total_tax", currency) - of_shipping), net)


def _shipping(told: Told, currency: str, *, is_included: bool) -> int:
    lines = objects(told, "shipping_lines")
    net = sum(minor(line, "price", currency) - _shipping_discount(line, currency) for line in lines)
    added = 0 if is_included else sum(_shipping_tax(line, currency) for line in lines)
    return net + added


def _shipping_discount(line: Told, currency: str) -> int:
    told = objects(line, "discount_allocations")
    return sum(minor(one, "amount", currency) for one in told)


def _shipping_tax(line: Told, currency: str) -> int:
    return sum(minor(tax, "price", currency) for tax in objects(line, "tax_lines"))
