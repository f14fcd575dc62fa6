"""Registering where platforms send without a key, and admitting what they signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from orders.domain.carrier_answers import SignatureWrong
from orders.domain.webhooks import (
    WebhookEndpoint,
    WebhookEndpointNotFound,
    check_endpoint,
    is_signed,
)
from orders.store.webhook_endpoints import (
    delete_endpoint,
    find_endpoint,
    list_endpoints,
    put_endpoint,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chassis.database import Database
    from orders.store.claims import ClaimCipher

_ANY_SENDER = "shopify"
_NOBODYS_SECRET = "nobody's"  # noqa: S105 - what is compared with it is refused anyway


async def register_endpoint(
    database: Database, cipher: ClaimCipher, endpoint: WebhookEndpoint, *, secret: str
) -> WebhookEndpoint:
    """Register an endpoint, or change the one of its name; raises what `check_endpoint` raises."""
    check_endpoint(endpoint.takes, endpoint.sender, endpoint.shop)
    async with unit_of_work(database) as tx:
        await put_endpoint(tx, endpoint, secret=secret, cipher=cipher)
    return endpoint


async def read_endpoints(database: Database) -> list[WebhookEndpoint]:
    """Give all endpoints by name."""
    async with snapshot(database) as connection:
        return await list_endpoints(connection)


async def remove_endpoint(database: Database, name: str) -> None:
    """Close an endpoint; raises `WebhookEndpointNotFound`."""
    async with unit_of_work(database) as tx:
        if not await delete_endpoint(tx, name):
            raise WebhookEndpointNotFound


async def admit_webhook(
    database: Database,
    cipher: ClaimCipher,
    name: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
) -> WebhookEndpoint:
    """Give the endpoint whose sender signed the body; raises `SignatureWrong`.

    Nothing is written. Of a name that is not registered the same is said, after the same work.
    """
    async with snapshot(database) as connection:
        found = await find_endpoint(connection, name, cipher=cipher)
    endpoint, secret = found or (None, _NOBODYS_SECRET)
    sender = _ANY_SENDER if endpoint is None else endpoint.sender
    signed = is_signed(sender, body, headers, secret=secret)
    if endpoint is None or not signed:
        raise SignatureWrong("Send the body as it was signed, with the header of its signature.")
    return endpoint
