"""What the routes of erasure need of this process, and 410 for whatever was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from chassis.api import problem_response
from chassis.global_ids import InvalidGlobalId, read_global_id
from customer.domain.claims import RecordKey
from customer.domain.erasure import ErasureRules
from customer.domain.refusals import CustomerUnknown, SourceRecordUnknown
from customer.use_cases.read_erasures import gone_customer, gone_record

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response

    from chassis.errors import Gone


def _rules(request: Request) -> ErasureRules:
    return request.app.state.erasure_rules


ErasureRulesDep = Annotated[ErasureRules, Depends(_rules)]
"""The house's rules for erasures."""


def answer_gone(app: FastAPI, rules: ErasureRules) -> None:
    """Have every route that finds no customer or record answer 410 where it was erased.

    One place for all routes, also those that are written later: nobody can forget it.
    """
    app.state.erasure_rules = rules

    async def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, (CustomerUnknown, SourceRecordUnknown))  # noqa: S101 - as registered
        gone = await _gone(request)
        return problem_response(error if gone is None else gone, part=app.title)

    app.add_exception_handler(CustomerUnknown, unknown)
    app.add_exception_handler(SourceRecordUnknown, unknown)


async def _gone(request: Request) -> Gone | None:
    """Look for the tombstone of the customer or record that the path names."""
    named = request.path_params
    database, rules = request.app.state.database, request.app.state.erasure_rules
    if "customer_id" in named:
        try:
            customer_id = read_global_id(str(named["customer_id"]))
        except InvalidGlobalId:
            return None
        return await gone_customer(database, customer_id)
    if "source" in named and "external_id" in named:
        key = RecordKey(str(named["source"]), str(named["external_id"]))
        return await gone_record(database, key, rules.sealer)
    return None
