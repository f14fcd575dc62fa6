"""Where platforms send without a key: the signature over the raw body is what lets them in."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.door import ANYTHING
from chassis.idempotency import REPLAYED_HEADER
from chassis.ids import new_uuid
from chassis.principal import Principal
from orders.api.carrier_answers import Payload
from orders.api.platform_orders import told_delivery
from orders.api.shop_in import ShopIn
from orders.domain.webhooks import Takes, WebhookEndpoint
from orders.store.claims import ClaimCipher
from orders.use_cases.keep_webhook_endpoints import (
    admit_webhook,
    read_endpoints,
    register_endpoint,
    remove_endpoint,
)
from orders.use_cases.take_carrier_answers import take_answer
from orders.use_cases.take_platform_orders import take_delivery

router = APIRouter(tags=["orders"])

_PATH = "/v1/webhooks/"
_OPEN_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}
}
_PING = re.compile(rb"webhook_id=\d{1,20}")
"""What WooCommerce sends, unsigned, when a webhook is set up; it wants 200 and nothing else."""

MEDIA_TYPES = {_PATH: ANYTHING}
"""The signature is over the bytes, whatever they are said to be."""

Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]


class WebhookEndpointIn(StrictModel):
    """What an endpoint takes, from whom, and the secret with which the sender signs."""

    takes: Takes
    sender: Annotated[str, StringConstraints(max_length=50)] = Field(
        examples=["shopify", "woocommerce", "easypost", "aftership"]
    )
    secret: Annotated[SecretStr, Field(min_length=6, max_length=500)]
    shop: ShopIn | None = Field(default=None, description="Whose orders it takes.")


class WebhookEndpointOut(BaseModel):
    """An endpoint; its secret is never told again."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    path: str
    takes: Takes
    sender: str
    shop: ShopIn | None
    client_id: str = Field(description="For whom it takes: the client that registered it.")
    registered_at: AwareDatetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> WebhookEndpointOut:
        shop = None if endpoint.shop is None else ShopIn.model_validate(endpoint.shop)
        return cls(
            name=endpoint.name,
            path=f"{_PATH}{endpoint.name}",
            takes=endpoint.takes,
            sender=endpoint.sender,
            shop=shop,
            client_id=endpoint.client_id,
            registered_at=endpoint.registered_at,
        )


class WebhookEndpointsOut(BaseModel):
    """All endpoints, by name."""

    items: list[WebhookEndpointOut]


@router.put("/v1/webhook-endpoints/{name}")
async def put_endpoint(
    name: Name,
    body: WebhookEndpointIn,
    request: Request,
    caller: Annotated[Principal, requires("orders:steward")],
    database: DatabaseDep,
    now: Now,
) -> WebhookEndpointOut:
    """Register where a sender may send without a key, or change it.

    What comes in is taken for the client that registered the endpoint last, as it may read now.
    """
    endpoint = WebhookEndpoint(
        name=name,
        id=new_uuid(),
        takes=body.takes,
        sender=body.sender,
        shop=None if body.shop is None else body.shop.shop(),
        client_id=caller.client_id,
        purview=caller.purview,
        registered_at=now,
    )
    cipher: ClaimCipher = request.app.state.cipher
    secret = body.secret.get_secret_value()
    return WebhookEndpointOut.of(await register_endpoint(database, cipher, endpoint, secret=secret))


@router.get("/v1/webhook-endpoints", dependencies=[requires("orders:read")])
async def list_endpoints(database: DatabaseDep) -> WebhookEndpointsOut:
    """List where senders may send without a key; never their secrets."""
    endpoints = await read_endpoints(database)
    return WebhookEndpointsOut(items=[WebhookEndpointOut.of(one) for one in endpoints])


@router.delete(
    "/v1/webhook-endpoints/{name}", status_code=204, dependencies=[requires("orders:steward")]
)
async def delete_endpoint(name: Name, database: DatabaseDep) -> None:
    """Close an endpoint: what comes to it is refused from then on."""
    await remove_endpoint(database, name)


@router.post("/v1/webhooks/{name}", status_code=202, openapi_extra=_OPEN_BODY)
async def post_webhook(
    name: Name,
    request: Request,
    payload: Payload,
    database: DatabaseDep,
    now: Now,
) -> Response:
    """Take what a sender signed with the endpoint's secret; a changed byte is refused (401).

    Nothing is stored before the signature was checked. The worker reads it a moment later.
    """
    if _PING.fullmatch(payload):
        return Response(status_code=200)
    endpoint = await admit_webhook(
        database, request.app.state.cipher, name, body=payload, headers=request.headers
    )
    if endpoint.shop is not None and endpoint.takes is Takes.PLATFORM_ORDERS:
        told = told_delivery(
            endpoint.sender,
            request,
            source=endpoint.shop.source,
            home=endpoint.shop.home_region,
            now=now,
        )
        _, is_repeated = await take_delivery(
            database,
            told,
            shop=endpoint.shop,
            payload=payload,
            client_id=endpoint.client_id,
            purview=endpoint.purview,
        )
    else:
        sender = Principal(endpoint.client_id, frozenset(), endpoint.purview)
        _, is_repeated = await take_answer(
            database, endpoint.sender, payload, caller=sender, answer_id=new_uuid(), now=now
        )
    return Response(status_code=202, headers={REPLAYED_HEADER: "true"} if is_repeated else None)
