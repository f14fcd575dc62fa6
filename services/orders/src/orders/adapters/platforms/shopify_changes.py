"""What became of a Shopify order: its payment, its fulfilments, its refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from orders.adapters.carriers import carrier_named
from orders.adapters.platforms.told import inner, instant, minor, number, objects, word
from orders.adapters.tracking.reading import text
from orders.domain.payments import Payment, PaymentKind
from orders.domain.platform_orders import Money, PlatformFulfilment, TakenBack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Told = Mapping[str, Any]

PLATFORM = "shopify"

_CAPTURED = frozenset({"paid", "partially_refunded", "refunded"})
_CAME_BACK = frozenset({"return", "legacy_restock"})
_CALLED_OFF = "cancel"


def sku_of(item: Told) -> str:
    """Give a line's sku, else a name of what was sold that is the same in every body."""
    sku = word(item, "sku")
    if sku is not None:
        return sku
    for name, kind in (("variant_id", "variant"), ("product_id", "product"), ("id", "line")):
        known = text(item, name)
        if known is not None:
            return f"{kind}-{known}"
    return "unnamed"


def money_of(told: Told, reference: str, currency: str) -> Money:
    """Read where the payment is, by the financial status and what is outstanding."""
    status = text(told, "financial_status")
    total = minor(told, "total_price", currency)
    outstanding = told.get("total_outstanding")
    captured = total if status in _CAPTURED else 0
    if status == "partially_paid" and outstanding is not None:
        captured = max(0, total - minor(told, "total_outstanding", currency))
    gateways = cast("list[Any]", told.get("payment_gateway_names") or [told.get("gateway")])
    method = word({"name": gateways[0]}, "name") or PLATFORM
    return Money(
        method=method,
        token=f"{PLATFORM}-{reference}",
        at=instant(told, "updated_at", "processed_at", "created_at"),
        authorised_minor=total if status == "authorized" else 0,
        captured_minor=captured,
        is_voided=status == "voided",
        refunds=_refunds(told, currency, method=method),
    )


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


def taken_back(told: Told, currency: str) -> tuple[TakenBack, ...]:
    """Read the goods of the refunds: those that came back, and those that will not leave."""
    is_included = told.get("taxes_included") is True
    found: list[TakenBack] = []
    for refund in objects(told, "refunds"):
        for is_called_off in (False, True):
            contents = tuple(
                (
                    sku_of(inner(item, "line_item")),
                    number(item, "quantity"),
                    minor(item, "subtotal", currency)
                    + (0 if is_included else minor(item, "total_tax", currency)),
                )
                for item in objects(refund, "refund_line_items")
                if _is_taken_back(text(item, "restock_type"), is_called_off=is_called_off)
            )
            if contents:
                found.append(
                    TakenBack(
                        reference=f"{text(refund, 'id')}",
                        at=instant(refund, "processed_at", "created_at"),
                        contents=contents,
                        is_called_off=is_called_off,
                    )
                )
    return tuple(found)


def _is_taken_back(restock: str | None, *, is_called_off: bool) -> bool:
    return restock == _CALLED_OFF if is_called_off else restock in _CAME_BACK


def _refunds(told: Told, currency: str, *, method: str) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            kind=PaymentKind.REFUNDED,
            method=word(one, "gateway") or method,
            reference=f"{PLATFORM}-refund-{text(one, 'id') or text(refund, 'id')}",
            amount_minor=minor(one, "amount", currency),
            at=instant(one, "processed_at", "created_at"),
        )
        for refund in objects(told, "refunds")
        for one in objects(refund, "transactions")
        if text(one, "kind") == "refund"
        and text(one, "status") == "success"
        and minor(one, "amount", currency)
    )


def _parcels(told: Told) -> tuple[tuple[str, str], ...]:
    numbers = told.get("tracking_numbers") or [told.get("tracking_number")]
    known = [found for one in numbers if (found := word({"number": one}, "number"))]
    if not known:
        return ((PLATFORM, f"{text(told, 'id')}"),)
    carrier = carrier_named(word(told, "tracking_company") or PLATFORM)
    return tuple((carrier, one) for one in dict.fromkeys(known))
