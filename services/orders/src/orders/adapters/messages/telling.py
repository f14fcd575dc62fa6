"""What templates can show of an order: every value ready to read, in the reader's language."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from chassis.iso import minor_digits
from orders.domain.times import kept_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.domain.order import Line, Order, Parcel


class Teller:
    """Shows amounts and times of an order in one language."""

    def __init__(self, language: str, order: Order) -> None:
        """Take the order's currency and zone; a language Babel does not know is told in English."""
        self._locale = Locale.parse(language, sep="-") if _is_known(language) else Locale("en")
        self._order = order

    def money(self, minor: int) -> str:
        """Show an amount with as many decimals as its currency has (ISO 4217)."""
        digits = minor_digits(self._order.currency)
        pattern = copy(self._locale.currency_formats["standard"])
        pattern.frac_prec = (digits, digits)
        return pattern.apply(
            Decimal(minor).scaleb(-digits),
            self._locale,
            currency=self._order.currency,
            currency_digits=False,
        )

    def day(self, at: datetime | date) -> str:
        """Show a day, on the clock where the order was placed."""
        if isinstance(at, datetime):
            at = at.astimezone(self._zone).date()
        return format_date(at, "long", locale=self._locale)

    def moment(self, at: datetime) -> str:
        """Show a moment, on the clock where the order was placed."""
        return format_datetime(at, "long", tzinfo=self._zone, locale=self._locale)

    def order(self) -> dict[str, Any]:
        """Show the order: references, lines, prices, delivery."""
        order = self._order
        return {
            "reference": order.external_ref,
            "brand": order.brand,
            "store": order.store,
            "placed_on": self.day(order.placed_on),
            "lines": [self.line(line) for line in order.lines if _stays(line)],
            "shipping": self.money(order.shipping_minor),
            "total": self.money(order.agreed_total_minor),
            "prices_include_tax": order.prices_include_tax,
            "delivery": self._delivery(),
        }

    def line(self, line: Line, quantity: int | None = None) -> dict[str, Any]:
        """Show a line; what was called off of it is not in its quantity and total."""
        return {
            "sku": line.sku,
            "name": line.description or line.sku,
            "quantity": line.quantity - line.quantities.cancelled if quantity is None else quantity,
            "unit_price": self.money(line.unit_price_minor),
            "discount": self.money(line.discount_minor) if line.discount_minor else None,
            "tax": self.money(line.tax_minor) if line.tax_minor else None,
            "total": self.money(line.total_minor - line.removed_minor),
            "is_gift": line.is_gift,
            "serial_number": line.serial_number,
        }

    def parcel(self, parcel: Parcel, *, url: str | None) -> dict[str, Any]:
        """Show a parcel with the address of its page."""
        lines = {line.line_no: line for line in self._order.lines}
        return {
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "url": url,
            "promised_on": parcel.promised_until and self.day(parcel.promised_until),
            "lines": [
                self.line(lines[inside.line_no], inside.quantity)
                for inside in parcel.lines
                if inside.line_no in lines
            ],
        }

    def called_off(self, cancelled: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Show quantities that were called off."""
        lines = {line.line_no: line for line in self._order.lines}
        return [self.line(lines[one["line_no"]], one["quantity"]) for one in cancelled]

    def _delivery(self) -> dict[str, Any] | None:
        agreed = self._order.delivery
        if agreed is None:
            return None
        return {
            "is_collected": agreed.method == "collect",
            "location": agreed.location,
            "service": agreed.service,
            "promised_from": agreed.promised_from and self.day(agreed.promised_from),
            "promised_until": agreed.promised_until and self.day(agreed.promised_until),
            "terms": agreed.terms,
        }

    @property
    def _zone(self) -> tzinfo:
        return kept_zone(self._order.time_zone)


def _stays(line: Line) -> bool:
    return line.quantity > line.quantities.cancelled


def _is_known(language: str) -> bool:
    try:
        Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True
