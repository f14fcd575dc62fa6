"""The recogniser in force, for the routes that take records or explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from customer.domain.neighbourhood import Recogniser

if TYPE_CHECKING:
    from customer.use_cases.follow_model import RecogniserInForce


def _recogniser(request: Request) -> Recogniser:
    in_force: RecogniserInForce = request.app.state.recogniser
    return in_force.current


RecogniserDep = Annotated[Recogniser, Depends(_recogniser)]
