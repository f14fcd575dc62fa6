"""What clients may read of what other parts hold; for the gateway alone, which holds them to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from chassis.api import Now, requires
from chassis.global_ids import GlobalId
from chassis.purview import RegionsDocument
from customer.api.readers import ReadingDep
from customer.domain.reading_policies import ELSEWHERE
from customer.use_cases.reading_policies import PoliciesInForce

router = APIRouter(prefix="/v1/purviews", include_in_schema=False)


class PurviewsOut(BaseModel):
    """Of every client from which anything is kept, the home regions it may read, by kind."""

    clients: dict[str, dict[str, RegionsDocument]]


class HomeRegionsOut(BaseModel):
    """The home regions that are open to the caller for this customer."""

    home_regions: Annotated[list[str], Field(description="Empty for who sees everything.")]


@router.get("", dependencies=[requires("customers:privacy")])
async def list_purviews(request: Request, now: Now) -> PurviewsOut:
    """Give the purview of every client that has not the whole house's."""
    in_force: PoliciesInForce = request.app.state.policies
    policies = await in_force.current()
    purviews = {one: policies.purview(one, today=now.date()) for one in policies.readers}
    return PurviewsOut(
        clients={one: seen.document() for one, seen in purviews.items() if not seen.is_whole}
    )


@router.get("/{customer_id}/{kind}")
async def get_home_regions(
    customer_id: GlobalId,
    kind: Annotated[str, Path(pattern=f"^({'|'.join(ELSEWHERE)})$")],
    reading: ReadingDep,
) -> HomeRegionsOut:
    """Let the caller read what lies elsewhere of a customer, or refuse it (403).

    A consent to be read in another region counts here, for here the customer is known.
    """
    return HomeRegionsOut(home_regions=sorted(await reading.elsewhere(customer_id, kind)))
