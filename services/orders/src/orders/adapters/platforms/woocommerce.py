"""WooCommerce's orders, as its webhooks and lists tell them: version 3 of its REST API, and before.

Its lines tell amounts without tax, whatever the shop's customers are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.platforms.people import Fields, claim_of, contact_of, country_of
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
from orders.adapters.platforms.woocommerce_changes import fulfilments, money_of
from orders.adapters.tracking.reading import text
from orders.domain.platform_orders import FEE, OrderNotReadable, PlatformOrder
from orders.domain.sharing import share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orders.domain.platform_orders import Shop

    Told = Mapping[str, Any]

_ADDRESS = Fields(
    lines=("company", "address_1", "address_2"),
    postcode="postcode",
    region="state",
    country="country",
)
_NO_ORDER_YET = frozenset({"auto-draft", "checkout-draft", "draft", "trash"})


def external_ref(told: Told) -> str | None:
    """Give the reference of an order."""
    return text(told, "id")


def read(told: Told, shop: Shop) -> PlatformOrder:
    """Read an order; raises `OrderNotReadable`."""
    reference = external_ref(told)
    if reference is None:
        raise not_readable("id", "is missing")
    status = text(told, "status")
    if status in _NO_ORDER_YET or "currency" not in told:
        return PlatformOrder(external_ref=reference)
    currency = currency_of(told)
    return PlatformOrder(
        external_ref=reference,
        body=_body(told, reference, currency, shop),
        money=money_of(told, reference, currency),
        cancel_reason="cancelled" if status == "cancelled" else None,
        fulfilments=fulfilments(told),
    )


def _body(told: Told, reference: str, currency: str, shop: Shop) -> dict[str, Any]:
    billing = inner(told, "billing") or inner(told, "billing_address")
    shipping = inner(told, "shipping") or inner(told, "shipping_address")
    country = country_of(shipping, _ADDRESS) or country_of(billing, _ADDRESS) or shop.country
    if country is None:
        raise not_readable("billing.country", "is missing, and the shop has none")
    placed = instant(told, "date_created_gmt", "created_at", is_utc=True)
    email, phone = text(billing, "email"), text(billing, "phone")
    customer_id = text(told, "customer_id")
    is_known = customer_id not in (None, "0")
    claim = claim_of(
        inner(told, "customer"),
        [one for one in (billing, shipping) if one],
        _ADDRESS,
        shop=shop,
        external_id=f"{customer_id}" if is_known else f"guest-{reference}",
        country=country_of(billing, _ADDRESS) or country,
        email=email,
        phones=[phone, text(shipping, "phone")],
        language=None,
    )
    return without_none(
        **shop.told(),
        external_ref=reference,
        country=country,
        currency=currency,
        placed_at=placed.isoformat(),
        lines=_lines(told, currency),
        shipping_minor=_shipping(told, currency),
        total_minor=minor(told, "total", currency),
        contact=contact_of(
            shipping if country_of(shipping, _ADDRESS) else billing,
            _ADDRESS,
            email=email,
            phone=phone,
            language=None,
        ),
        customer=claim if is_known or email or phone else None,
    )


def _lines(told: Told, currency: str) -> list[dict[str, Any]]:
    items = objects(told, "line_items")
    fees = [fee for fee in objects(told, "fee_lines") if minor(fee, "total", currency) >= 0]
    if not items and not fees:
        raise not_readable("line_items", "are missing")
    labels = {
        text(tax, "rate_id"): (
            word(tax, "label") or word(tax, "title") or word(tax, "rate_code"),
            rate(tax, "rate_percent"),
        )
        for tax in objects(told, "tax_lines")
    }
    wide = _shared_off(told, items, "total", currency)
    taxes = _shared_off(told, items, "total_tax", currency)
    return [
        _line(item, labels, currency, less_minor=less, less_tax_minor=less_tax)
        for item, less, less_tax in zip(items, wide, taxes, strict=True)
    ] + [_fee(fee, currency) for fee in fees]


def _line(
    item: Told, labels: Mapping[Any, Any], currency: str, *, less_minor: int, less_tax_minor: int
) -> Any:
    """Read a line.

    Its price is what a piece cost before discounts, rounded up to the minor unit where it is no
    whole number of them; the discount takes what that adds off again, so that the line comes to
    what the platform says.
    """
    quantity = number(item, "quantity")
    if quantity < 1:
        raise not_readable("quantity", "is below 1")
    before, after = (minor(item, name, currency) for name in ("subtotal", "total"))
    price = -(-max(before, after) // quantity)
    tax = minor(item, "total_tax", currency) - less_tax_minor
    return without_none(
        sku=_sku_of(item),
        description=text(item, "name"),
        quantity=quantity,
        unit_price_minor=price,
        discount_minor=quantity * price - after + less_minor,
        tax_minor=tax,
        taxes=tax_parts(_parts(item, labels, currency), tax),
    )


def _parts(item: Told, labels: Mapping[Any, Any], currency: str) -> list[Any]:
    """Give the parts of a line's tax; none where the platform kept them unrounded."""
    try:
        return [
            (*labels.get(text(part, "id"), (None, None)), minor(part, "total", currency))
            for part in objects(item, "taxes")
            if text(part, "total") is not None
        ]
    except OrderNotReadable:
        return []


def _fee(fee: Told, currency: str) -> dict[str, Any]:
    return without_none(
        sku=FEE,
        description=text(fee, "name"),
        quantity=1,
        unit_price_minor=minor(fee, "total", currency),
        tax_minor=minor(fee, "total_tax", currency),
    )


def _shared_off(told: Told, items: Sequence[Told], name: str, currency: str) -> list[int]:
    """Share among the lines what fees below zero take off the order, or off its tax."""
    fees = [fee for fee in objects(told, "fee_lines") if minor(fee, "total", currency) < 0]
    taken_off = max(0, -sum(minor(fee, name, currency) for fee in fees))
    return share(taken_off, [minor(item, name, currency) for item in items])


def _shipping(told: Told, currency: str) -> int:
    """Give the shipping with its tax, by its total, which lists of version 3 and before have."""
    name = "total_shipping" if "total_shipping" in told else "shipping_total"
    return minor(told, name, currency) + minor(told, "shipping_tax", currency)


def _sku_of(item: Told) -> str:
    sku = word(item, "sku")
    if sku is not None:
        return sku
    for name, kind in (("variation_id", "variation"), ("product_id", "product"), ("id", "line")):
        known = text(item, name)
        if known not in (None, "0"):
            return f"{kind}-{known}"
    return "unnamed"
