"""Webhook endpoints in the database: kept with their secret encrypted, found by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.purview import Purview
from orders.domain.platform_orders import Shop
from orders.domain.webhooks import Takes, WebhookEndpoint
from orders.store.tables import webhook_endpoints

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.store.claims import ClaimCipher

_TABLE = webhook_endpoints.c


async def put_endpoint(
    tx: Transaction, endpoint: WebhookEndpoint, *, secret: str, cipher: ClaimCipher
) -> None:
    """Keep an endpoint instead of an earlier one of its name."""
    told = {
        "id": endpoint.id,
        "takes": endpoint.takes,
        "sender": endpoint.sender,
        "shop": None if endpoint.shop is None else endpoint.shop.document(),
        "key_id": cipher.key_id,
        "sealed": cipher.seal(endpoint.id, secret.encode()),
        "client_id": endpoint.client_id,
        "purview": endpoint.purview.document(),
        "registered_at": endpoint.registered_at,
    }
    statement = insert(webhook_endpoints).values(name=endpoint.name, **told)
    await tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=told))


async def find_endpoint(
    connection: AsyncConnection, name: str, *, cipher: ClaimCipher
) -> tuple[WebhookEndpoint, str] | None:
    """Give an endpoint and its secret; None where there is none. Raises `ClaimUnreadable`."""
    statement = select(webhook_endpoints).where(_TABLE.name == name)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    secret = cipher.open_sealed(row.id, row.sealed, key_id=row.key_id)
    return _endpoint(row), secret.decode()


async def list_endpoints(connection: AsyncConnection) -> list[WebhookEndpoint]:
    """Give all endpoints by name, without their secrets."""
    statement = select(webhook_endpoints).order_by(_TABLE.name)
    return [_endpoint(row) for row in await connection.execute(statement)]


async def delete_endpoint(tx: Transaction, name: str) -> bool:
    """Delete an endpoint; False where there is none."""
    statement = delete(webhook_endpoints).where(_TABLE.name == name)
    return (await tx.execute(statement)).rowcount == 1


def _endpoint(row: Row[Any]) -> WebhookEndpoint:
    return WebhookEndpoint(
        name=row.name,
        id=row.id,
        takes=Takes(row.takes),
        sender=row.sender,
        shop=None if row.shop is None else Shop.of_document(row.shop),
        client_id=row.client_id,
        purview=Purview.of_document(row.purview),
        registered_at=row.registered_at,
    )
