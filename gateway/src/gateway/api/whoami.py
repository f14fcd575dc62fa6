"""What a key is and may do."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from chassis.api import principal_of
from gateway.api.customer_view import ApiKeyDep

router = APIRouter(tags=["gateway"])


class WhoAmIOut(BaseModel):
    """The client that a key belongs to."""

    client: str
    scopes: list[str]


@router.get("/v1/whoami")
async def who_am_i(request: Request, _key: ApiKeyDep) -> WhoAmIOut:
    """Tell whose key the request carries, and what it may do."""
    principal = principal_of(request)
    return WhoAmIOut(client=principal.client_id, scopes=sorted(principal.scopes))
