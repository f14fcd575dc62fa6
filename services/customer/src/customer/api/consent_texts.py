"""Consent texts: the words that are shown when somebody is asked, version by version."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.iso import LanguageTag
from chassis.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from customer.api.consent_fields import Purpose, TextVersion
from customer.domain.consent_texts import ConsentText
from customer.use_cases.consent_texts import (
    list_consent_texts,
    put_consent_text,
    read_consent_text,
)

router = APIRouter(prefix="/v1/consent-texts", tags=["consents"])

Words = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=20_000,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
    ),
]


class ConsentTextIn(StrictModel):
    """The words that were shown, by language."""

    words: Annotated[dict[LanguageTag, Words], Field(min_length=1, max_length=100)]


class ConsentTextOut(BaseModel):
    """A version of a consent text; one that is `used` never changes."""

    purpose: str
    version: str
    words: dict[str, str]
    used: bool
    written_at: AwareDatetime

    @classmethod
    def of(cls, text: ConsentText) -> ConsentTextOut:
        return cls(
            purpose=text.purpose,
            version=text.version,
            words=dict(text.words),
            used=text.is_used,
            written_at=text.written_at,
        )


class ConsentTextNameOut(BaseModel):
    """What a consent text is called."""

    purpose: str
    version: str


@router.put("/{purpose}/{version}", dependencies=[requires("customers:privacy")])
async def put(
    purpose: Annotated[Purpose, Path()],
    version: Annotated[TextVersion, Path()],
    body: ConsentTextIn,
    database: DatabaseDep,
    now: Now,
) -> ConsentTextOut:
    """Write down the words of a version.

    Once somebody decided on them they are a proof: languages may be added, words never changed.
    """
    text = ConsentText(purpose, version, body.words, now)
    return ConsentTextOut.of(await put_consent_text(database, text, now=now))


@router.get("/{purpose}/{version}", dependencies=[requires("customers:read")])
async def get(
    purpose: Annotated[Purpose, Path()],
    version: Annotated[TextVersion, Path()],
    database: DatabaseDep,
) -> ConsentTextOut:
    """Read the words of a version."""
    return ConsentTextOut.of(await read_consent_text(database, purpose, version))


@router.get("", dependencies=[requires("customers:read")])
async def list_texts(
    database: DatabaseDep, cursor: Cursor = None, limit: Limit = 50
) -> Page[ConsentTextNameOut]:
    """List which versions there are, by purpose."""
    after = None
    if cursor is not None:
        purpose, version = decode_cursor(cursor, parts=2)
        after = str(purpose), str(version)
    found = await list_consent_texts(database, after=after, limit=limit + 1)
    shown = found[:limit]
    return Page(
        items=[ConsentTextNameOut(purpose=name, version=version) for name, version in shown],
        next_cursor=encode_cursor(*shown[-1]) if len(found) > limit else None,
    )
