"""A line of a sale, as a source tells it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from chassis.api import StrictModel
from orders.api.fields import (
    Count,
    Flag,
    LongText,
    Minor,
    SerialNumberText,
    ShortText,
    WarrantyDays,
    WarrantyMonths,
)
from orders.domain.made_to_measure import Measurements
from orders.domain.money import TaxPart, check_included_tax, check_tax, line_total
from orders.domain.placing import NewLine, check_one_piece


class TaxIn(StrictModel):
    """A part of a line's tax."""

    name: ShortText = Field(examples=["VAT", "GST", "消費税"])
    rate_percent: (
        Annotated[Decimal, Field(ge=0, le=1_000, max_digits=8, decimal_places=4)] | None
    ) = None
    amount_minor: Minor


class MeasurementsIn(StrictModel):
    """What a piece is made after: each measurement with its unit, such as `neck: 39 cm`."""

    values: Annotated[dict[ShortText, ShortText], Field(min_length=1, max_length=100)]
    notes: LongText | None = None

    def measurements(self) -> Measurements:
        """Give them as the service knows them."""
        return Measurements(values=dict(self.values), notes=self.notes)


class LineIn(StrictModel):
    """One line of the sale."""

    sku: ShortText
    description: LongText | None = None
    category: ShortText | None = None
    quantity: Count
    unit_price_minor: Minor
    discount_minor: Minor = 0
    tax_minor: Minor = 0
    taxes: Annotated[list[TaxIn], Field(min_length=1, max_length=10)] | None = Field(
        default=None, description="The parts of `tax_minor`, which must add up to it."
    )
    serial_number: SerialNumberText | None = None
    warranty_months: WarrantyMonths | None = None
    warranty_days: WarrantyDays | None = Field(default=None, description="After the months.")
    unit_cost_minor: Minor | None = None
    gift: Flag = False
    gift_wrap: ShortText | None = Field(default=None, examples=["box", "ribbon"])
    made_to_measure: MeasurementsIn | None = None

    def line(self, *, prices_include_tax: bool, field: str) -> NewLine:
        """Give the line with what it adds to the order; raises what the sums raise."""
        taxes = tuple(
            TaxPart(
                part.name,
                None if part.rate_percent is None else str(part.rate_percent),
                part.amount_minor,
            )
            for part in self.taxes or ()
        )
        check_tax(self.tax_minor, taxes, field=field)
        check_one_piece(self.serial_number, self.quantity, field=field)
        total_minor = line_total(
            quantity=self.quantity,
            unit_price_minor=self.unit_price_minor,
            discount_minor=self.discount_minor,
            added_tax_minor=0 if prices_include_tax else self.tax_minor,
            field=field,
        )
        if prices_include_tax:
            check_included_tax(self.tax_minor, total_minor, field=field)
        return NewLine(
            sku=self.sku,
            description=self.description,
            category=self.category,
            quantity=self.quantity,
            unit_price_minor=self.unit_price_minor,
            discount_minor=self.discount_minor,
            tax_minor=self.tax_minor,
            total_minor=total_minor,
            serial_number=self.serial_number,
            unit_cost_minor=self.unit_cost_minor,
            is_gift=self.gift,
            gift_wrap=self.gift_wrap,
            warranty_months=self.warranty_months,
            warranty_days=self.warranty_days,
            taxes=taxes,
            measurements=None
            if self.made_to_measure is None
            else self.made_to_measure.measurements(),
        )
