"""What became of a Shopify order: its payment and its fulfilments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from orders.adapters.carriers import carrier_named
from orders.adapters.platforms.shopify_lines import sku_of
from orders.adapters.platforms.shopify_refunds import PLATFORM, refunds_of
from orders.adapters.platforms.told import instant, minor, number, objects, word
from orders.adapters.tracking.reading import text
from orders.domain.platform_orders import Money, PlatformFulfilment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Told = Mapping[str, Any]

_CAPTURED = frozenset({"paid", "partially_refunded", "refunded"})


def money_of(told: Told, reference: str, currency: str) -> Money:
    """Read where the payment is, by the financial status and what is outstanding.

    What an edit took away before it was paid was never captured. Which gateway took how much
    is told nowhere, so that several (a gift card and a card) are one method with all names.
    """
    status = text(told, "financial_status")
    total = minor(told, "total_price", currency)
    gateways = cast("list[Any]", told.get("payment_gateway_names") or [told.get("gateway")])
    names = [found for one in gateways if (found := word({"name": one}, "name"))]
    method = word({"name": "+".join(dict.fromkeys(names))}, "name") or PLATFORM
    given_back = refunds_of(told, currency, method=method)
    return Money(
        method=method,
        token=f"{PLATFORM}-{reference}",
        at=instant(told, "updated_at", "processed_at", "created_at"),
        authorised_minor=total if status == "authorized" else 0,
        captured_minor=_captured(
            told, status, currency, sum(one.amount_minor for one in given_back)
        ),
        is_voided=status == "voided",
        refunds=given_back,
    )


def _captured(told: Told, status: str | None, currency: str, refunded: int) -> int:
    total = minor(told, "total_price", currency)
    outstanding = minor(told, "total_outstanding", currency)
    if status in _CAPTURED:
        if told.get("current_total_price") is None:
            return total
        present = minor(told, "current_total_price", currency)
        return min(total, max(refunded, present - outstanding + refunded))
    if status == "partially_paid" and told.get("total_outstanding") is not None:
        present = total
        if told.get("current_total_price") is not None:
            present = minor(told, "current_total_price", currency)
        return max(refunded, present - outstanding + refunded)
    return 0


def fulfilments(told: Sequence[Told]) -> tuple[PlatformFulfilment, ...]:
    """Read the fulfilments that succeeded; one without a number is known by its own id."""
    return tuple(
        PlatformFulfilment(
            reference=f"{text(one, 'id')}",
            parcels=_parcels(one),
            contents=tuple(
                (sku_of(item), number(item, "quantity")) for item in objects(one, "line_items")
            ),
        )
        for one in told
        if text(one, "status") == "success"
    )


def withdrawn(told: Sequence[Told]) -> tuple[str, ...]:
    """Name the fulfilments that were called off after they were told."""
    return tuple(f"{text(one, 'id')}" for one in told if text(one, "status") == "cancelled")


def _parcels(told: Told) -> tuple[tuple[str, str], ...]:
    numbers = told.get("tracking_numbers") or [told.get("tracking_number")]
    known = [found for one in numbers if (found := word({"number": one}, "number"))]
    if not known:
        return ((PLATFORM, f"{text(told, 'id')}"),)
    carrier = carrier_named(word(told, "tracking_company") or PLATFORM)
    return tuple((carrier, one) for one in dict.fromkeys(known))
