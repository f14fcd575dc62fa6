"""Whom the mere passing of time may bring into a rule, or out of it; no event tells of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, union, update

from segmentation.domain.days import days_of_the_year
from segmentation.domain.rules import Declared, Interactions, LastInteraction, Unanswered
from segmentation.store.tables import attribute_facts, interaction_facts, rule_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from chassis.database import Transaction
    from segmentation.domain.rules import Condition
    from segmentation.domain.written_segments import WrittenSegment


@dataclass(frozen=True, slots=True)
class Span:
    """The time that passed since it was looked last."""

    since: datetime
    until: datetime


async def turned_until(tx: Transaction) -> datetime:
    """Give until when it was looked, and let others wait who would look as well."""
    clock = await tx.scalar(select(rule_clock.c.turned_until).with_for_update())
    assert clock is not None  # noqa: S101 - the migration winds it up
    return clock


async def note_turned(tx: Transaction, until: datetime) -> None:
    """Note until when it was looked."""
    await tx.execute(update(rule_clock).values(turned_until=until))


async def turned(
    tx: Transaction, written: Iterable[WrittenSegment], span: Span, *, after: str, limit: int
) -> list[str]:
    """Name customers after an id who have something that began or ceased to count in the span."""
    conditions = [each for one in written for _, each in one.text.rule.conditions]
    parts = list(_parts(conditions, span))
    if not parts:
        return []
    found = union(*parts).subquery()
    query = select(found.c.customer_id).where(found.c.customer_id > after)
    return list(await tx.scalars(query.order_by(found.c.customer_id).limit(limit)))


def _parts(conditions: Sequence[Condition], span: Span) -> Iterator[Select[Any]]:
    fact, touch = attribute_facts.c, interaction_facts.c
    names = {each.attribute for each in conditions if isinstance(each, Declared)}
    if names:
        yield select(fact.customer_id).where(
            fact.customer_id.is_not(None),
            fact.attribute.in_(sorted(names)),
            fact.valid_until > span.since,
            fact.valid_until <= span.until,
        )
    windows = sorted({window for each in conditions for window in _windows(each)})
    if windows:
        counts_no_more = (
            (touch.at > span.since - window) & (touch.at <= span.until - window)
            for window in windows
        )
        yield select(touch.customer_id).where(touch.customer_id.is_not(None), or_(*counts_no_more))
    if span.until.date() > span.since.date():
        yield from (
            _new_days(each.attribute, each.comes_within_days, span)
            for each in conditions
            if isinstance(each, Declared) and each.comes_within_days is not None
        )


def _windows(condition: Condition) -> Iterator[timedelta]:
    match condition:
        case Interactions(within_days=int(days)):
            yield timedelta(days=days)
        case LastInteraction(more_than_days_ago=more, less_than_days_ago=less):
            yield from (timedelta(days=days) for days in (more, less) if days is not None)
        case Unanswered(for_hours=hours):
            yield timedelta(hours=hours)
        case _:
            return


def _new_days(attribute: str, days: int, span: Span) -> Select[Any]:
    """Give whose date came near on the new days, or went by."""
    fact = attribute_facts.c
    first, last = span.since.date(), span.until.date()
    one_day, ahead = timedelta(days=1), timedelta(days=days)
    came_near = days_of_the_year(first + one_day + ahead, last + ahead)
    went_by = days_of_the_year(first, last - one_day)
    day = func.right(fact.value[()].astext, 5)
    return select(fact.customer_id).where(
        fact.customer_id.is_not(None),
        fact.attribute == attribute,
        day.in_(sorted({*came_near, *went_by})),
    )
