"""What became of a WooCommerce order: its payment, its refunds, what its shipments are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.carriers import carrier_named
from orders.adapters.platforms.told import inner, instant, minor, objects, word
from orders.adapters.tracking.reading import text
from orders.domain.card_numbers import refuse_card_number
from orders.domain.payments import Payment, PaymentKind
from orders.domain.platform_orders import Money, PlatformFulfilment

if TYPE_CHECKING:
    from collections.abc import Mapping

    Told = Mapping[str, Any]

PLATFORM = "woocommerce"

_TRACKING = "_wc_shipment_tracking_items"
"""Where the extension Shipment Tracking keeps parcels; the platform itself knows none."""


def money_of(told: Told, reference: str, currency: str) -> Money:
    """Read where the payment is; raises `CardNumberTold` where a token looks like one."""
    legacy = inner(told, "payment_details")
    paid_on = text(told, "date_paid_gmt") or text(told, "date_paid")
    is_paid = paid_on is not None or legacy.get("paid") is True
    token = word(told, "transaction_id")
    if token is not None:
        refuse_card_number(token, field="transaction_id")
    method = word(told, "payment_method") or word(legacy, "method_id") or PLATFORM
    at = instant(
        told, "date_paid_gmt", "date_modified_gmt", "updated_at", "created_at", is_utc=True
    )
    return Money(
        method=method,
        token=token or f"{PLATFORM}-{reference}",
        at=at,
        captured_minor=minor(told, "total", currency) if is_paid else 0,
        refunds=tuple(
            Payment(
                kind=PaymentKind.REFUNDED,
                method=method,
                reference=f"{PLATFORM}-refund-{text(refund, 'id')}",
                amount_minor=amount,
                at=at,
            )
            for refund in objects(told, "refunds")
            if (amount := abs(minor(refund, "total", currency)))
        ),
    )


def fulfilments(told: Told) -> tuple[PlatformFulfilment, ...]:
    """Read the parcels that the extension tells: together they hold what is left of the order."""
    parcels = tuple(
        (carrier_named(word(one, "tracking_provider") or _custom(one)), number)
        for meta in objects(told, "meta_data")
        if text(meta, "key") == _TRACKING
        for one in objects(meta, "value")
        if (number := word(one, "tracking_number"))
    )
    if not parcels:
        return ()
    reference = " ".join([f"{text(told, 'id')}", *sorted(number for _, number in parcels)])
    return (PlatformFulfilment(reference=reference, parcels=parcels, contents=()),)


def _custom(parcel: Told) -> str:
    return word(parcel, "custom_tracking_provider") or PLATFORM
