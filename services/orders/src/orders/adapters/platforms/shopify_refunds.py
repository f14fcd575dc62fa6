"""The refunds of a Shopify order: money that was given back, goods that came back or stay."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from orders.adapters.platforms.shopify_lines import sku_of
from orders.adapters.platforms.told import (
    inner,
    instant,
    minor,
    not_readable,
    number,
    objects,
    word,
)
from orders.adapters.tracking.reading import text
from orders.domain.payments import Payment, PaymentKind
from orders.domain.platform_orders import TakenBack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Told = Mapping[str, Any]

PLATFORM = "shopify"

_CAME_BACK = frozenset({"return", "legacy_restock"})
_CALLED_OFF = "cancel"
_NOT_RESTOCKED = "no_restock"


def taken_back(told: Told, currency: str) -> tuple[TakenBack, ...]:
    """Read the goods of the refunds: those that came back, and those that will not leave.

    What is not restocked will not leave where the platform still counts it and has nothing of it
    to fulfil; what had left then stays with the customer, and only its money went back.
    """
    is_included = told.get("taxes_included") is True
    staying = _never_leaving(told)
    found: list[TakenBack] = []
    for refund in objects(told, "refunds"):
        came_back: list[tuple[str, int, int]] = []
        called_off: list[tuple[str, int, int]] = []
        for item in objects(refund, "refund_line_items"):
            quantity = number(item, "quantity")
            tax = 0 if is_included else minor(item, "total_tax", currency)
            goods = sku_of(inner(item, "line_item"))
            part = (goods, quantity, minor(item, "subtotal", currency) + tax)
            restock = text(item, "restock_type")
            if restock in _CAME_BACK:
                came_back.append(part)
            elif restock == _CALLED_OFF:
                called_off.append(part)
            elif restock == _NOT_RESTOCKED:
                count = min(quantity, staying[_line_of(item)])
                staying[_line_of(item)] -= count
                if count:
                    called_off.append((goods, count, part[2] * count // quantity))
        for contents, is_called_off in ((came_back, False), (called_off, True)):
            if contents:
                found.append(
                    TakenBack(
                        reference=f"{text(refund, 'id')}",
                        at=instant(refund, "processed_at", "created_at"),
                        contents=tuple(contents),
                        is_called_off=is_called_off,
                    )
                )
    return tuple(found)


def refunds_of(told: Told, currency: str, *, method: str) -> tuple[Payment, ...]:
    """Read the money that was given back, in the shop's currency; raises `OrderNotReadable`."""
    return tuple(
        Payment(
            kind=PaymentKind.REFUNDED,
            method=word(one, "gateway") or method,
            reference=f"{PLATFORM}-refund-{text(one, 'id') or text(refund, 'id')}",
            amount_minor=amount,
            at=instant(one, "processed_at", "created_at"),
        )
        for refund in objects(told, "refunds")
        for one, amount in _given_back(refund, told, currency)
        if amount
    )


def _given_back(refund: Told, told: Told, currency: str) -> Iterator[tuple[Told, int]]:
    """Give the transactions that gave money back, with their amounts.

    A transaction is in the currency that the customer was shown. Where that is another, what the
    refund holds tells the amount in the shop's, as far as one transaction gave it all back.
    """
    done = [
        one
        for one in objects(refund, "transactions")
        if text(one, "kind") == "refund" and text(one, "status") == "success"
    ]
    for one in done:
        if (text(one, "currency") or currency).upper() == currency:
            yield one, minor(one, "amount", currency)
        elif len(done) == 1:
            yield one, _worth(refund, told, currency)
        else:
            problem = f"are several in {text(one, 'currency')}, and the order is in {currency}"
            raise not_readable("refunds.transactions", problem)


def _worth(refund: Told, told: Told, currency: str) -> int:
    is_included = told.get("taxes_included") is True
    of_goods = sum(
        minor(item, "subtotal", currency)
        + (0 if is_included else minor(item, "total_tax", currency))
        for item in objects(refund, "refund_line_items")
    )
    adjusted = sum(
        minor(one, "amount", currency) + minor(one, "tax_amount", currency)
        for one in objects(refund, "order_adjustments")
    )
    return max(0, of_goods - adjusted)


def _never_leaving(told: Told) -> Counter[str]:
    """Count by line what will not leave beside what a refund calls off in so many words."""
    left: Counter[str] = Counter()
    for one in objects(told, "fulfillments"):
        if text(one, "status") == "success":
            for item in objects(one, "line_items"):
                left[f"{text(item, 'id')}"] += number(item, "quantity")
    called_off: Counter[str] = Counter()
    for refund in objects(told, "refunds"):
        for item in objects(refund, "refund_line_items"):
            if text(item, "restock_type") == _CALLED_OFF:
                called_off[_line_of(item)] += number(item, "quantity")
    staying: Counter[str] = Counter()
    for item in objects(told, "line_items"):
        line = f"{text(item, 'id')}"
        if item.get("fulfillable_quantity") is not None:
            to_come = number(item, "fulfillable_quantity")
        elif left[line]:
            continue
        else:
            to_come = 0
        staying[line] = max(0, number(item, "quantity") - left[line] - called_off[line] - to_come)
    return staying


def _line_of(item: Told) -> str:
    return f"{text(item, 'line_item_id') or text(inner(item, 'line_item'), 'id')}"
