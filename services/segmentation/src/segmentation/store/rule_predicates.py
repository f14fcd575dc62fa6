"""Rules as SQL: each condition the set of customers who meet it, and the sets put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, any_, false, func, intersect, literal, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on

from segmentation.domain.attribute_forms import AttributeType
from segmentation.domain.days import days_of_the_year
from segmentation.domain.rules import (
    Declared,
    Interactions,
    LastInteraction,
    Purchases,
    Unanswered,
)
from segmentation.store.schema import CustomerId
from segmentation.store.tables import attribute_facts, interaction_facts, order_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, SelectBase

    from segmentation.domain.attribute_forms import AttributeForm
    from segmentation.domain.rules import BegunBy, Channel, Condition, Value
    from segmentation.domain.written_segments import SegmentText

_WHOLE_DATE = "____-__-__"
_WITHOUT_YEAR = "--%"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom it is asked (None: of everybody), when, and in which forms attributes are told."""

    customer_ids: Sequence[str] | None
    now: datetime
    forms: Mapping[str, AttributeForm]

    def are_meant(self, customer_id: Column[str]) -> ColumnElement[bool]:
        """Give the SQL that leaves out whom it is not asked of, and what is nobody's."""
        if self.customer_ids is None:
            return customer_id.is_not(None)
        return customer_id == any_(literal(list(self.customer_ids), ARRAY(CustomerId)))


def takes(text: SegmentText, asked: Asked) -> SelectBase:
    """Give the SQL for the customers whom the rule takes, each once."""
    rule = text.rule
    needed: list[SelectBase] = [_set(each, text.purpose, asked) for each in rule.all]
    if rule.any:
        needed.append(union(*(_set(each, text.purpose, asked) for each in rule.any)))
    found = intersect(*needed).subquery()
    query = select(found.c.customer_id)
    if rule.none:
        refused = union(*(_set(each, text.purpose, asked) for each in rule.none)).subquery()
        return query.except_(select(refused.c.customer_id))
    return query


def _set(condition: Condition, purpose: str, asked: Asked) -> Select[Any]:
    match condition:
        case Declared():
            return _declared(condition, purpose, asked)
        case Interactions():
            return _interactions(condition, asked)
        case LastInteraction():
            return _last_interaction(condition, asked)
        case Unanswered():
            return _unanswered(condition, asked)
        case Purchases():
            return _purchases(condition, asked)


def _declared(condition: Declared, purpose: str, asked: Asked) -> Select[Any]:
    fact = attribute_facts.c
    in_force = (
        select(fact.customer_id, fact.value)
        .ext(distinct_on(fact.customer_id))
        .where(
            asked.are_meant(fact.customer_id),
            fact.attribute == condition.attribute,
            fact.purpose == purpose,
            ~fact.is_withdrawn,
            or_(fact.valid_until.is_(None), fact.valid_until > asked.now),
        )
        .order_by(
            fact.customer_id, fact.observed_at.desc(), fact.told_at.desc(), fact.value_id.desc()
        )
        .subquery()
    )
    tests = list(_tests(condition, in_force.c.value, asked))
    return select(in_force.c.customer_id).where(*tests)


def _tests(
    condition: Declared, value: ColumnElement[Any], asked: Asked
) -> Sequence[ColumnElement[bool]]:
    form = asked.forms.get(condition.attribute)
    tests: list[ColumnElement[bool]] = []
    if condition.equals is not None:
        tests.append(_has(value, condition.equals))
    if condition.one_of:
        tests.append(or_(*(_has(value, each) for each in condition.one_of)))
    if condition.at_least is not None:
        tests.append(_beyond(value, condition.at_least, form, at_least=True))
    if condition.at_most is not None:
        tests.append(_beyond(value, condition.at_most, form, at_least=False))
    if condition.comes_within_days is not None:
        tests.append(_comes(value, condition.comes_within_days, form, asked.now))
    return tests


def _has(value: ColumnElement[Any], wanted: Value) -> ColumnElement[bool]:
    """Give the SQL for a value that is the wanted one, or, of choices, has it."""
    return value.op("@>")(literal(wanted, JSONB))


def _beyond(
    value: ColumnElement[Any], bound: Value, form: AttributeForm | None, *, at_least: bool
) -> ColumnElement[bool]:
    """Give the SQL for values on one side of a bound, which itself is included."""
    comparison = ">=" if at_least else "<="
    if isinstance(bound, dict):
        amount = value["amount"]
        return and_(
            value["system"].astext == str(bound["system"]),
            func.jsonb_typeof(amount) == "number",
            amount.op(comparison)(literal(bound["amount"], JSONB)),
        )
    if not isinstance(bound, str):
        of_its_type = func.jsonb_typeof(value) == "number"
        return and_(of_its_type, value.op(comparison)(literal(bound, JSONB)))
    if form is not None and form.type is AttributeType.CHOICE:
        if bound not in form.choices:
            return false()
        place = form.choices.index(bound)
        beyond = form.choices[place:] if at_least else form.choices[: place + 1]
        return or_(*(_has(value, each) for each in beyond))
    day = value[()].astext.collate("C")
    return and_(day.like(_WHOLE_DATE), day.op(comparison)(bound))


def _comes(
    value: ColumnElement[Any], days: int, form: AttributeForm | None, now: datetime
) -> ColumnElement[bool]:
    """Give the SQL for dates from today on; told without a year, or yearly, they come again."""
    first = now.date()
    last = first + timedelta(days=days)
    day = value[()].astext.collate("C")
    comes_again = func.right(day, 5).in_(days_of_the_year(first, last))
    if form is not None and form.is_yearly:
        return comes_again
    return or_(
        and_(day.like(_WHOLE_DATE), day >= first.isoformat(), day <= last.isoformat()),
        and_(day.like(_WITHOUT_YEAR), comes_again),
    )


def _touches(asked: Asked, channels: Sequence[Channel], begun_by: BegunBy | None) -> Select[Any]:
    fact = interaction_facts.c
    query = select(fact.customer_id).where(asked.are_meant(fact.customer_id))
    if channels:
        query = query.where(fact.channel.in_([each.value for each in channels]))
    if begun_by is not None:
        query = query.where(fact.begun_by == begun_by.value)
    return query


def _interactions(condition: Interactions, asked: Asked) -> Select[Any]:
    query = _touches(asked, condition.channels, condition.begun_by)
    if condition.within_days is not None:
        since = asked.now - timedelta(days=condition.within_days)
        query = query.where(interaction_facts.c.at > since)
    return _so_many(query, interaction_facts.c.customer_id, condition)


def _purchases(condition: Purchases, asked: Asked) -> Select[Any]:
    fact = order_facts.c
    query = select(fact.customer_id).where(
        asked.are_meant(fact.customer_id), fact.placed_at.is_not(None), fact.cancelled_at.is_(None)
    )
    return _so_many(query, fact.customer_id, condition)


def _so_many(
    query: Select[Any], customer_id: Column[str], condition: Interactions | Purchases
) -> Select[Any]:
    query = query.group_by(customer_id).having(func.count() >= condition.at_least)
    if condition.at_most is not None:
        query = query.having(func.count() <= condition.at_most)
    return query


def _last_interaction(condition: LastInteraction, asked: Asked) -> Select[Any]:
    fact = interaction_facts.c
    last = func.max(fact.at)
    query = _touches(asked, condition.channels, condition.begun_by).group_by(fact.customer_id)
    if condition.before is not None:
        query = query.having(last < _begin(condition.before))
    if condition.after is not None:
        query = query.having(last >= _begin(condition.after + timedelta(days=1)))
    if condition.more_than_days_ago is not None:
        query = query.having(last <= asked.now - timedelta(days=condition.more_than_days_ago))
    if condition.less_than_days_ago is not None:
        query = query.having(last > asked.now - timedelta(days=condition.less_than_days_ago))
    return query


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _unanswered(condition: Unanswered, asked: Asked) -> Select[Any]:
    fact = interaction_facts.c
    waiting_since = asked.now - timedelta(hours=condition.for_hours)
    return (
        _touches(asked, condition.channels, None)
        .where(fact.begun_by == "customer", fact.answered_at.is_(None), fact.at <= waiting_since)
        .distinct()
    )
