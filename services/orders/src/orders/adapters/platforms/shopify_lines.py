"""The lines of a Shopify order and its shipping, with what is no goods: tips, duties and fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.platforms.told import (
    in_shop_money,
    inner,
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
from orders.domain.platform_orders import DUTIES, FEE, TIP
from orders.domain.sharing import share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Told = Mapping[str, Any]

_PER_CENT = 100
_TIP_FIELD = "tip_payment_gateway"


def sku_of(item: Told) -> str:
    """Give a line's sku, else a name of what was sold that is the same in every body."""
    if _TIP_FIELD in item:
        return TIP
    sku = word(item, "sku")
    if sku is not None:
        return sku
    for name, kind in (("variant_id", "variant"), ("product_id", "product"), ("id", "line")):
        known = text(item, name)
        if known is not None:
            return f"{kind}-{known}"
    return "unnamed"


def lines_of(told: Told, currency: str) -> list[dict[str, Any]]:
    """Give all that was ever ordered, then what else the total holds.

    A line that an edit took away stays with its whole quantity, as in the platform's total; a
    refund says what of it will not leave. Raises `OrderNotReadable`.
    """
    items = [item for item in objects(told, "line_items") if item.get("quantity") != 0]
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
    ] + _charges(told, items, currency)


def _charges(told: Told, items: Sequence[Told], currency: str) -> list[dict[str, Any]]:
    """Give tips that no line tells, import duties and fees, each as a line of its own."""
    tips = sum(
        number(item, "quantity") * minor(item, "price", currency)
        for item in items
        if _TIP_FIELD in item
    )
    duties = [duty for item in items for duty in objects(item, "duties")]
    if duties:
        of_duties = sum(in_shop_money(duty, "shop_money", currency) for duty in duties)
        taxes = sum(
            minor(tax, "price", currency) for duty in duties for tax in objects(duty, "tax_lines")
        )
    else:
        of_duties = in_shop_money(inner(told, "original_total_duties_set"), "shop_money", currency)
        taxes = 0
    fees = in_shop_money(inner(told, "original_total_additional_fees_set"), "shop_money", currency)
    charged = (
        (TIP, minor(told, "total_tip_received", currency) - tips, 0),
        (DUTIES, of_duties, taxes),
        (FEE, fees, 0),
    )
    return [
        without_none(
            sku=name,
            description=name.capitalize(),
            quantity=1,
            unit_price_minor=amount,
            tax_minor=tax,
        )
        for name, amount, tax in charged
        if amount > 0
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


def shipping_of(told: Told, currency: str, *, is_included: bool) -> int:
    """Give the shipping with its tax, less its discounts; raises `OrderNotReadable`."""
    lines = objects(told, "shipping_lines")
    net = sum(minor(line, "price", currency) - _shipping_discount(line, currency) for line in lines)
    added = 0 if is_included else sum(_shipping_tax(line, currency) for line in lines)
    return net + added


def _shipping_discount(line: Told, currency: str) -> int:
    told = objects(line, "discount_allocations")
    return sum(minor(one, "amount", currency) for one in told)


def _shipping_tax(line: Told, currency: str) -> int:
    return sum(minor(tax, "price", currency) for tax in objects(line, "tax_lines"))
