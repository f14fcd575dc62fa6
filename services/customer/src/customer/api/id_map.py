"""The id map for those who keep their own: which customer each source's own ids are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from chassis.api import DatabaseDep, requires
from chassis.database import Database
from chassis.global_ids import GlobalId
from chassis.paging import Page, decode_cursor, encode_cursor
from customer.api.cursors import invalid_cursor, read_record_id
from customer.api.fields import Source
from customer.api.readers import Reading, ReadingDep
from customer.domain.claims import RecordKey
from customer.domain.id_map import Alias, Mapping
from customer.domain.reads import Seen
from customer.events import SOURCE_RECORD, SourceRecordId
from customer.use_cases.read_id_map import read_aliases, read_id_map, read_place

router = APIRouter(prefix="/v1", tags=["id map"], dependencies=[requires("customers:read")])

MOST = 2000
_NO_EXTERNAL_ID = ""
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at the most.")]
Cursor = Annotated[
    str | None, Query(max_length=1500, description="`next_cursor` of the page before.")
]


class MappingOut(BaseModel):
    """A source's own id, and the customer it stands for now."""

    source: str
    external_id: str
    customer_id: GlobalId
    source_record_id: SourceRecordId

    @classmethod
    def of(cls, mapping: Mapping) -> Self:
        return cls(
            source=mapping.key.source,
            external_id=mapping.key.external_id,
            customer_id=mapping.customer_id,
            source_record_id=mapping.source_record_id,
        )


class RetiredOut(BaseModel):
    """A retired id, and the customer to whom it leads now."""

    retired_id: GlobalId
    customer_id: GlobalId
    retired_at: AwareDatetime

    @classmethod
    def of(cls, alias: Alias) -> Self:
        return cls(
            retired_id=alias.retired_id,
            customer_id=alias.customer_id,
            retired_at=alias.retired_at,
        )


@router.get("/source-records/id-map")
async def get_id_map(
    database: DatabaseDep,
    reading: ReadingDep,
    source: Annotated[Source | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 1000,
) -> Page[MappingOut]:
    """List which customer each source's own ids are now, by source and external id.

    A record that was there before the first page and is after the last stands on one page
    exactly, whatever is written meanwhile; each page tells its own moment. Records of a home
    region that the caller may not read, or whose `external_id` is not shown to it, are left out,
    so that a page may be short. A page is noted as one read of many.
    """
    after = None if cursor is None else await _read_key(cursor, source, database)
    found = await read_id_map(database, after, source=source, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    shown = [one for one in found[:limit] if reading.eyes.shows_source_id(one.home_region)]
    reading.note(None, Seen.ID_MAP if source is None else f"{Seen.ID_MAP}:{source}")
    return Page(
        items=[MappingOut.of(one) for one in shown],
        next_cursor=None if last is None else _show_key(last, is_shown=last in shown),
    )


@router.get("/aliases")
async def get_aliases(
    database: DatabaseDep, reading: ReadingDep, cursor: Cursor = None, limit: Limit = 1000
) -> Page[RetiredOut]:
    """List where every retired id leads now, by the retired ids.

    Read after the id map, it also tells of what merged meanwhile.
    """
    after = None if cursor is None else str(decode_cursor(cursor, parts=1)[0])
    found = await read_aliases(database, after, limit=limit + 1)
    last = found[limit - 1].retired_id if len(found) > limit else None
    reading.note(None, Seen.ALIASES)
    return Page(
        items=[RetiredOut.of(one) for one in await _open(found[:limit], reading)],
        next_cursor=None if last is None else encode_cursor(last),
    )


async def _open(found: Sequence[Alias], reading: Reading) -> list[Alias]:
    """Leave out what is at home where the caller may not read without a customer's own consent."""
    regions = {one.home_region for one in found}
    closed = {region for region in regions if reading.eyes.sight(region).is_closed}
    kept = [one for one in found if one.home_region not in closed]
    open_ = await reading.open_customers({one.customer_id for one in kept})
    return [one for one in kept if one.customer_id in open_]


def _show_key(last: Mapping, *, is_shown: bool) -> str:
    """Name the place after a record by its key, or by our id where the key is not shown."""
    if is_shown:
        return encode_cursor(last.key.source, last.key.external_id)
    return encode_cursor(SOURCE_RECORD.show(last.source_record_id), _NO_EXTERNAL_ID)


async def _read_key(cursor: str, source: str | None, database: Database) -> RecordKey:
    key = RecordKey(*map(str, decode_cursor(cursor, parts=2)))
    if key.external_id == _NO_EXTERNAL_ID:
        found = await read_place(database, read_record_id(key.source))
        if found is None:
            raise invalid_cursor()
        key = found
    if source is not None and key.source != source:
        raise invalid_cursor()
    return key
