"""Retention rules: how long things are kept here, and what has become old enough."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId, read_global_id
from chassis.paging import Cursor, Limit, decode_cursor, encode_cursor
from customer.domain.retention import Kept, RetentionAction, RetentionRule
from customer.use_cases.retention import (
    Due,
    find_due,
    list_retention_rules,
    put_retention_rule,
    take_back_retention_rule,
)

router = APIRouter(
    prefix="/v1/retention-rules",
    tags=["privacy"],
    dependencies=[requires("customers:privacy")],
)

Days = Annotated[int, Field(ge=1, le=36_500)]


class RetentionRuleIn(StrictModel):
    """For how many days something is kept, and what comes then."""

    after_days: Days
    action: RetentionAction


class RetentionRuleOut(BaseModel):
    """A rule, and how much it has ended so far."""

    what: Kept
    after_days: int
    action: RetentionAction
    updated_at: AwareDatetime
    applied_at: AwareDatetime | None
    applied_count: int

    @classmethod
    def of(cls, rule: RetentionRule) -> RetentionRuleOut:
        return cls(
            what=rule.what,
            after_days=rule.after_days,
            action=rule.action,
            updated_at=rule.updated_at,
            applied_at=rule.applied_at,
            applied_count=rule.applied_count,
        )


class RetentionRulesOut(BaseModel):
    """All rules; what has none is kept for ever."""

    items: list[RetentionRuleOut]


class DueCustomerOut(BaseModel):
    """A customer of whom nothing came since an instant."""

    customer_id: GlobalId
    since: AwareDatetime


class DueOut(BaseModel):
    """What is old enough now; `at_least` says that there are more than were counted."""

    what: Kept
    cut_at: AwareDatetime
    count: int
    at_least: bool
    customers: list[DueCustomerOut]
    next_cursor: str | None

    @classmethod
    def of(cls, what: Kept, due: Due) -> DueOut:
        return cls(
            what=what,
            cut_at=due.cut_at,
            count=due.count,
            at_least=due.at_least,
            customers=[DueCustomerOut(customer_id=c.id, since=c.since) for c in due.customers],
            next_cursor=None if due.next_id is None else encode_cursor(due.next_id),
        )


@router.get("")
async def list_rules(database: DatabaseDep) -> RetentionRulesOut:
    """List the rules."""
    rules = await list_retention_rules(database)
    return RetentionRulesOut(items=[RetentionRuleOut.of(rule) for rule in rules])


@router.put("/{what}")
async def put(
    what: Kept, body: RetentionRuleIn, database: DatabaseDep, now: Now
) -> RetentionRuleOut:
    """Say how long something is kept.

    The worker deletes by itself, each hour, only reads and interactions; customers are listed
    for a person, who may know what other parts hold of them.
    """
    rule = RetentionRule(what, body.after_days, body.action, now)
    return RetentionRuleOut.of(await put_retention_rule(database, rule))


@router.delete("/{what}", status_code=HTTPStatus.NO_CONTENT)
async def delete(what: Kept, database: DatabaseDep) -> None:
    """Keep something for ever again."""
    await take_back_retention_rule(database, what)


@router.get("/{what}/due")
async def get_due(
    what: Kept,
    database: DatabaseDep,
    now: Now,
    after_days: Annotated[
        int | None, Query(ge=1, le=36_500, description="Try other days than the rule's.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DueOut:
    """See what a rule finds now, or would find: a dry run, and the list for a person to decide."""
    after_id = ""
    if cursor is not None:
        [place] = decode_cursor(cursor, parts=1)
        after_id = read_global_id(str(place))
    due = await find_due(
        database, what, after_days=after_days, after_id=after_id, limit=limit, now=now
    )
    return DueOut.of(what, due)
