"""What customers are told of their orders: templates to edit and to try, messages to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.iso import LanguageTag
from chassis.paging import Cursor, Page
from chassis.principal import Principal
from orders.api.cursors import read_number, read_place, show_number, show_place
from orders.api.fields import ShortText
from orders.api.purviews import at_home_where_seen, refuse_closed
from orders.domain.messages import MessageKind, MessageState, Template
from orders.events import OrderId
from orders.store.homes import Thing
from orders.use_cases.keep_templates import (
    edit_template,
    list_templates,
    preview_template,
    read_messages,
    read_versions,
)

if TYPE_CHECKING:
    from orders.adapters.messages.composing import Composer

router = APIRouter(tags=["messages"])

_TEMPLATE = "/v1/message-templates/{kind}/{language}"

Source = Annotated[str, StringConstraints(min_length=1, max_length=50_000)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at the most.")]
Brand = Annotated[ShortText | None, Query(description="Without it, for all brands.")]


class TemplateIn(StrictModel):
    """A template in Jinja's language: what it may show is in the documentation."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
    text: Source
    html: Source


class PreviewIn(StrictModel):
    """What to try: without a part, the one in use; without an order, a sample."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=1_000)] | None = None
    text: Source | None = None
    html: Source | None = None
    order_id: OrderId | None = None


class TemplateOut(BaseModel):
    """A version of a template; 0 comes with the service."""

    model_config = ConfigDict(from_attributes=True)

    kind: MessageKind
    language: str
    brand: str = Field(description="Empty where it is for all brands.")
    version: int
    subject: str
    text: str
    html: str
    created_at: AwareDatetime | None


class PreviewOut(BaseModel):
    """A message as it would be sent."""

    model_config = ConfigDict(from_attributes=True)

    language: str
    subject: str
    text: str
    html: str


class MessageOut(BaseModel):
    """A message and what became of it; its words are null before it is written, and once erased."""

    model_config = ConfigDict(from_attributes=True)

    kind: MessageKind
    state: MessageState
    happened_at: AwareDatetime = Field(description="When what it tells of happened.")
    sent_at: AwareDatetime | None
    tries: int
    problem: str | None
    recipient: str | None
    template_version: int | None
    language: str | None
    subject: str | None
    text: str | None
    html: str | None


@router.get("/v1/message-templates", dependencies=[requires("orders:read")])
async def get_templates(request: Request, database: DatabaseDep) -> Page[TemplateOut]:
    """List the templates in use, of each kind in each language that the service is written in.

    All are on one page.
    """
    found = await list_templates(database, _composer(request))
    return Page(items=[TemplateOut.model_validate(one) for one in found])


@router.get(f"{_TEMPLATE}/versions", dependencies=[requires("orders:read")])
async def get_versions(
    kind: MessageKind,
    language: LanguageTag,
    request: Request,
    database: DatabaseDep,
    brand: Brand = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[TemplateOut]:
    """List all versions of a template, the one in use first, page by page."""
    found, more = await read_versions(
        database,
        _composer(request),
        kind,
        language.lower(),
        brand=brand or "",
        before=read_number(cursor),
        limit=limit,
    )
    return Page(
        items=[TemplateOut.model_validate(one) for one in found],
        next_cursor=show_number(found[-1].version) if more else None,
    )


@router.put(_TEMPLATE, status_code=201)
async def put_template(
    kind: MessageKind,
    language: LanguageTag,
    body: TemplateIn,
    request: Request,
    database: DatabaseDep,
    caller: Annotated[Principal, requires("orders:steward")],
    now: Now,
    brand: Brand = None,
) -> TemplateOut:
    """Keep another version of a template, which is used from now on.

    It is filled with a sample first, and refused where that cannot be done.
    """
    new = Template(
        kind=kind,
        language=language.lower(),
        brand=brand or "",
        version=0,
        subject=body.subject,
        text=body.text,
        html=body.html,
    )
    kept = await edit_template(
        database, _composer(request), new, client_id=caller.client_id, now=now
    )
    return TemplateOut.model_validate(kept)


@router.post(f"{_TEMPLATE}/previews", dependencies=[requires("orders:read")])
async def preview(
    kind: MessageKind,
    language: LanguageTag,
    body: PreviewIn,
    request: Request,
    database: DatabaseDep,
    brand: Brand = None,
) -> PreviewOut:
    """Fill a template, changed as told, with an order or with a sample; nothing is kept or sent."""
    if body.order_id is not None:
        await refuse_closed(request, Thing.ORDER, body.order_id)
    parts = ("subject", "text", "html")
    changes = {name: value for name in parts if (value := getattr(body, name)) is not None}
    written = await preview_template(
        database,
        _composer(request),
        kind,
        language.lower(),
        brand=brand or "",
        changes=changes,
        order_id=body.order_id,
    )
    return PreviewOut.model_validate(written)


@router.get(
    "/v1/orders/{order_id}/messages",
    dependencies=[requires("orders:read"), at_home_where_seen(Thing.ORDER)],
)
async def get_messages(
    order_id: OrderId, database: DatabaseDep, cursor: Cursor = None, limit: Limit = 20
) -> Page[MessageOut]:
    """List what an order's customer was told, word by word, and what waits to be told.

    The first one first, page by page.
    """
    found, more = await read_messages(database, order_id, after=read_place(cursor), limit=limit)
    return Page(
        items=[MessageOut.model_validate(one) for one in found],
        next_cursor=show_place(found[-1].happened_at, found[-1].id) if more else None,
    )


def _composer(request: Request) -> Composer:
    return request.app.state.composer
