"""What a key may be allowed to do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chassis.errors import FieldProblem, Invalid


class Scope(StrEnum):
    """A permission of a client, named for a part and what is done there."""

    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CUSTOMERS_STEWARD = "customers:steward"
    CUSTOMERS_PRIVACY = "customers:privacy"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    ORDERS_STEWARD = "orders:steward"
    COMPLAINTS_READ = "complaints:read"
    COMPLAINTS_WRITE = "complaints:write"
    SEGMENTS_READ = "segments:read"
    SEGMENTS_WRITE = "segments:write"


class UnknownScope(Invalid):
    """A scope was asked for that does not exist."""

    slug = "unknown-scope"
    title = "The scope does not exist"


def read_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Read scopes by name; raises `UnknownScope`, which lists those that exist."""
    asked = {name.strip() for name in names} - {""}
    valid = ", ".join(Scope)
    unknown = sorted(asked.difference(Scope))
    if unknown or not asked:
        problem = f"unknown: {', '.join(unknown)}" if unknown else "is empty"
        mend = f"Choose from {valid}."
        raise UnknownScope(
            f"Scopes {problem}. {mend}", fields=[FieldProblem("scopes", problem, mend)]
        )
    return frozenset(Scope(name) for name in asked)
