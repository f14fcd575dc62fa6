"""The sealer of official ids, for the routes that take source records."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from customer.domain.official_ids import Sealer


def _sealer(request: Request) -> Sealer:
    sealer: Sealer = request.app.state.sealer
    return sealer


SealerDep = Annotated[Sealer, Depends(_sealer)]
