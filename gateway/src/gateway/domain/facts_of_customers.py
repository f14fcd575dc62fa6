"""Which requests read what other parts hold of a customer, by the customer's id."""

from __future__ import annotations

from urllib.parse import parse_qsl

_VIEWS = {"purchases": "purchases", "pieces": "purchases", "indicators": "indicators"}
_LISTS = {"orders": "purchases", "complaints": "complaints"}
_READS = frozenset(("GET", "HEAD"))


def customers_asked_about(method: str, path: str, query: bytes) -> tuple[str, list[str]]:
    """Give the kind of facts that a request reads, as field policies name it, and whose.

    Nobody's for a request that names no customer by id.
    """
    pieces = path.strip("/").split("/")
    match pieces if method in _READS else ():
        case [_, "customers", customer_id, view] if view in _VIEWS:
            return _VIEWS[view], [customer_id]
        case [_, collection] if collection in _LISTS:
            told = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
            return _LISTS[collection], [value for name, value in told if name == "customer_id"]
        case _:
            return "", []
