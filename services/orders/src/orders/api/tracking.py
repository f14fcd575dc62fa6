"""The public page of a parcel for whoever has its token: as JSON, as HTML, and as it changes."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Match, Route

from chassis.api import DatabaseDep, Now, problem_response
from chassis.errors import Refusal
from orders.api.followers import Followers, stream
from orders.api.tracking_page import ANSWER_HEADERS, HEADERS, live_part, page_of_unknown, whole_page
from orders.api.tracking_words import weight_of, words_for
from orders.domain.incidents import IncidentReason
from orders.domain.tracking import PUBLIC_PLACES, ParcelNotFound, Tracking
from orders.use_cases.read_parcels import follow_parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from starlette.types import Scope

    from orders.domain.live import Live


class PrivateRoute(APIRoute):
    """Has every answer to a token keep to itself, refusals too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers a request of this route."""
        answer = super().get_route_handler()

        async def privately(request: Request) -> Response:
            try:
                response = await answer(request)
            except Refusal as refusal:
                response = problem_response(refusal, part=request.app.title)
            response.headers.update(ANSWER_HEADERS)
            return response

        return privately


router = APIRouter(prefix="/v1/tracking", tags=["tracking"], route_class=PrivateRoute)

PATH = "/v1/tracking/{token}"
_TOKEN = r"^[A-Za-z0-9_-]{20,100}$"  # noqa: S105 - what a token looks like
_JSON_TOO = ("application/json", "application/*", "*/*")

Token = Annotated[str, Path(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
Language = Annotated[
    str | None,
    Query(alias="lang", max_length=35, description="fr, en or ja; else what Accept-Language says."),
]
Accepted = Annotated[str | None, Header(alias="Accept-Language")]


class PublicEventOut(BaseModel):
    """An event; `location` is told where it is the carrier's own."""

    status: Tracking
    occurred_at: AwareDatetime
    location: str | None
    reason: IncidentReason | None


class ExpectedOut(BaseModel):
    """Between which days it will likely arrive, by how long those took that travelled alike."""

    from_on: date
    until_on: date


class PublicParcelOut(BaseModel):
    """What the recipient may see of a parcel; days are those of where it was bought."""

    carrier: str
    tracking_number: str
    status: Tracking
    status_at: AwareDatetime | None
    is_disputed: bool
    promised_on: Annotated[
        date | None, Field(description="Until which day it was promised; null once it arrived.")
    ]
    expected: ExpectedOut | None
    events: tuple[PublicEventOut, ...]


@router.get("/{token}", responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}})
async def track(token: Token, database: DatabaseDep, now: Now) -> PublicParcelOut:
    """Follow a parcel by the token of its public page; no key is needed.

    With `Accept: text/html`, as browsers send it, the answer is a page in French, English or
    Japanese (`?lang=`, else `Accept-Language`) that follows the parcel by itself.
    """
    return _public(await follow_parcel(database, token, now=now))


@router.get(
    "/{token}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def track_live(
    token: Token,
    database: DatabaseDep,
    request: Request,
    now: Now,
    language: Language = None,
    accepted: Accepted = None,
    seen: Annotated[
        str | None, Query(max_length=50, description="The state that is shown already.")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=50)] = None,
) -> StreamingResponse:
    """Follow a parcel as it changes: an event `state` for each new state (Server-Sent Events).

    Its data is JSON: the `parcel` as `GET /v1/tracking/{token}` gives it, and the page's `title`
    and `html`. The stream ends after some minutes; who connects again with `Last-Event-ID` misses
    nothing.
    """
    followers: Followers = request.app.state.followers
    followers.check_room(token)
    live = await follow_parcel(database, token, now=now)
    words = words_for(language, accepted)

    def show(state: Live) -> dict[str, Any]:
        return {"parcel": _public(state).model_dump(mode="json"), **live_part(state, words)}

    return StreamingResponse(
        stream(followers, token, live, seen=last_event_id or seen, show=show),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


class PageRoute(Route):
    """Matches where a page is preferred to JSON."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Leave to the route of the same path whoever does not ask for a page."""
        match, child = super().matches(scope)
        if match is not Match.FULL or not prefers_page(_accept(scope["headers"])):
            return Match.NONE, {}
        return match, child


async def show_page(request: Request) -> Response:
    """Answer a browser: the parcel's page, or a kind word where there is none."""
    request.scope["route"] = PAGE_ROUTES[0]  # as FastAPI's routes tell it, for metrics and logs
    words = words_for(request.query_params.get("lang"), request.headers.get("Accept-Language"))
    headers = HEADERS | {"Content-Language": words.language}
    token = request.path_params["token"]
    with suppress(ParcelNotFound):
        if re.fullmatch(_TOKEN, token) is not None:
            live = await follow_parcel(request.app.state.database, token, now=datetime.now(UTC))
            return HTMLResponse(whole_page(live, words), headers=headers)
    return HTMLResponse(page_of_unknown(words), 404, headers=headers)


PAGE_ROUTES = (PageRoute(PATH, show_page, methods=["GET"]),)


def prefers_page(accept: str) -> bool:
    """Whether `text/html` is named and weighs more than JSON, by whatever name that comes."""
    weights: dict[str, float] = {}
    for item in accept.split(","):
        name, _, parameter = item.partition(";")
        weights[name.strip().lower()] = weight_of(parameter) if parameter else 1.0
    page = weights.get("text/html", 0.0)
    return page > max(weights.get(name, 0.0) for name in _JSON_TOO)


def _accept(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return ",".join(value.decode("latin-1") for name, value in headers if name == b"accept")


def _public(live: Live) -> PublicParcelOut:
    parcel = live.parcel
    return PublicParcelOut(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        status=parcel.status,
        status_at=parcel.status_at,
        is_disputed=parcel.is_disputed,
        promised_on=live.promised_on,
        expected=None
        if live.expected_on is None
        else ExpectedOut(from_on=live.expected_on[0], until_on=live.expected_on[1]),
        events=tuple(
            PublicEventOut(
                status=event.status,
                occurred_at=event.occurred_at,
                location=event.location if event.status in PUBLIC_PLACES else None,
                reason=event.reason,
            )
            for event in live.events
        ),
    )
