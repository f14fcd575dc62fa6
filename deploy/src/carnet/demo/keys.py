"""The demo house's API keys: a till, a web shop, a call centre and a steward."""

from collections.abc import Mapping

from carnet.data_directory import DataDirectory
from gateway.keys import create_key

TILL = "till"
WEB_SHOP = "web shop"
CALL_CENTRE = "call centre"
STEWARD = "steward"

_SCOPES: Mapping[str, tuple[str, ...]] = {
    TILL: ("customers:read", "customers:write", "orders:read", "orders:write"),
    WEB_SHOP: (
        *("customers:read", "customers:write", "orders:read", "orders:write"),
        *("complaints:read", "complaints:write"),
    ),
    CALL_CENTRE: (
        *("customers:read", "customers:write", "orders:read"),
        *("complaints:read", "complaints:write", "segments:read"),
    ),
    STEWARD: (
        *("customers:read", "customers:write", "customers:steward", "customers:privacy"),
        *("orders:read", "orders:steward", "complaints:read", "segments:read"),
    ),
}


def make_keys(directory: DataDirectory, database_url: str) -> None:
    """Draw the keys, once, and keep them where only their owner reads them."""
    if not directory.demo_keys():
        keys = {
            client: create_key(database_url, client, scopes) for client, scopes in _SCOPES.items()
        }
        directory.keep_demo_keys(keys)
