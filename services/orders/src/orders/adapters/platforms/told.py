"""The values of a platform's order: amounts, times, texts, people, each read or refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from chassis.errors import FieldProblem
from chassis.iso import minor_digits
from orders.adapters.tracking.reading import text
from orders.domain.platform_orders import OrderNotReadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Told = Mapping[str, Any]

_MEND = "Read it again when the platform tells it otherwise, or place the order by hand."
_SHORT = 100
_TAX_PARTS = 10
_RATE_STEP = Decimal("0.0001")


def not_readable(field: str, problem: str) -> OrderNotReadable:
    """Say what of an order is not as its platform tells orders."""
    return OrderNotReadable(
        f"{field} {problem}. {_MEND}", fields=[FieldProblem(field, problem, _MEND)]
    )


def objects(told: Any, name: str) -> list[Told]:
    """Give the objects that a name lists; none where it lists nothing."""
    listed = cast("list[Any]", told.get(name) or [])
    return [cast("Told", one) for one in listed if isinstance(one, dict)]


def inner(told: Told, name: str) -> Told:
    """Give the object under a name; an empty one where there is none."""
    found = told.get(name)
    return cast("Told", found) if isinstance(found, dict) else {}


def word(told: Any, *path: str) -> str | None:
    """Give a text of at most 100 printable characters, cut where it is longer."""
    found = text(told, *path)
    if found is None:
        return None
    return "".join(sign for sign in found if sign.isprintable())[:_SHORT].strip() or None


def number(told: Told, name: str) -> int:
    """Give a quantity; raises `OrderNotReadable`."""
    found = told.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    raise not_readable(name, "is no whole number")


def currency_of(told: Told) -> str:
    """Give the currency of an order; raises `OrderNotReadable`."""
    code = (text(told, "currency") or "").upper()
    try:
        minor_digits(code)
    except ValueError as error:
        raise not_readable("currency", "is no currency of ISO 4217") from error
    return code


def minor(told: Told, name: str, currency: str) -> int:
    """Give an amount in minor units; nothing told is 0.

    Zeros beyond the currency's decimals are dropped; an amount that is no whole number of minor
    units is refused, because rounding it would be a guess. Raises `OrderNotReadable`.
    """
    amount = _decimal(told, name).scaleb(minor_digits(currency))
    if amount != amount.to_integral_value():
        problem = f"is {told[name]}, which is no whole number of minor units of {currency}"
        raise not_readable(name, problem)
    return int(amount)


def in_shop_money(told: Told, name: str, currency: str) -> int:
    """Give an amount that is told with its currency, as the shop counts it; nothing told is 0.

    Raises `OrderNotReadable` for one in another currency.
    """
    money = inner(told, name)
    code = text(money, "currency_code")
    if code is not None and code.upper() != currency:
        raise not_readable(name, f"is in {code}, and the order in {currency}")
    return minor(money, "amount", currency)


def tax_parts(parts: Iterable[tuple[str | None, Decimal | None, int]], whole: int) -> Any:
    """Give the parts of a line's tax as an order's body tells them, where they add up to it."""
    told = [(name, rate, amount) for name, rate, amount in parts if amount >= 0]
    if sum(amount for _, _, amount in told) != whole or not 0 < len(told) <= _TAX_PARTS:
        return None
    return [
        without_none(
            name=name or "tax",
            rate_percent=None if rate is None else str(rate.quantize(_RATE_STEP)),
            amount_minor=amount,
        )
        for name, rate, amount in told
    ]


def rate(told: Told, name: str) -> Decimal | None:
    """Give a rate; None where none is told that is a number."""
    try:
        return _decimal(told, name) if told.get(name) is not None else None
    except OrderNotReadable:
        return None


def instant(told: Told, *names: str, is_utc: bool = False) -> datetime:
    """Give the first of the times that is told, with its offset; raises `OrderNotReadable`."""
    for name in names:
        said = text(told, name)
        if said is None:
            continue
        try:
            at = datetime.fromisoformat(said)
        except ValueError as error:
            raise not_readable(name, "is no time") from error
        if at.tzinfo is None and not is_utc:
            raise not_readable(name, "has no offset from UTC")
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    raise not_readable(names[0], "is missing")


def without_none(**told: Any) -> dict[str, Any]:
    """Give what is told, without what is not."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def _decimal(told: Told, name: str) -> Decimal:
    value = told.get(name)
    if value is None or value == "":
        return Decimal(0)
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise not_readable(name, "is no amount") from error
    if not amount.is_finite() or abs(amount) > Decimal(10) ** 15:
        raise not_readable(name, "is no amount")
    return amount
