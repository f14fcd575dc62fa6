"""Who acts or reads: the client whose key it is, and the person it acts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from chassis.api import principal_of


@dataclass(frozen=True, slots=True)
class Actor:
    """A client of the gateway, and the person behind it as that client names them."""

    client_id: str
    person: str | None


async def _actor(
    request: Request,
    person: Annotated[
        str | None,
        Header(
            alias="X-Actor",
            min_length=1,
            max_length=64,
            pattern=r"^[A-Za-z0-9._:@-]+$",
            description="The person at the desk, as the client knows them; an opaque id.",
        ),
    ] = None,
) -> Actor:
    return Actor(principal_of(request).client_id, person)


ActorDep = Annotated[Actor, Depends(_actor)]
"""Depend on who acts."""
