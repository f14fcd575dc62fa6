"""Reading payloads safely: JSON and XML as plain values, fields by names, times as ISO; events."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from xml.etree.ElementTree import ParseError

import orjson
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from orders.domain.carrier_words import CarrierEvent, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from orders.adapters.tracking.codes import Meaning

LARGEST_PAYLOAD_BYTES = 4 << 20
_LONGEST_TEXT = 500
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""Its escape, before which stand backslashes that escape each other."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_APOSTROPHES = str.maketrans("\u2019\u00b4`\u02b9", "'" * 4)


def read_json(payload: bytes) -> Any:
    """Read JSON, without its NULs, which no text may hold here; raises `PayloadUnreadable`."""
    try:
        return orjson.loads(_NUL.sub(rb"\1", _bounded(payload)))
    except orjson.JSONDecodeError as error:
        raise unreadable("body", f"is no JSON: {error}") from error


def read_xml(payload: bytes) -> Element:
    """Read XML without entities or a document type; raises `PayloadUnreadable`."""
    try:
        return fromstring(_bounded(payload), forbid_dtd=True)
    except DefusedXmlException as error:
        raise unreadable("body", "declares a document type or entities") from error
    except (ParseError, ValueError, LookupError) as error:
        raise unreadable("body", f"is no XML: {error}") from error


def _bounded(payload: bytes) -> bytes:
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise unreadable("body", f"is longer than {LARGEST_PAYLOAD_BYTES} bytes")
    return payload.removeprefix(_BYTE_ORDER_MARK)


def is_xml(payload: bytes) -> bool:
    """Whether a payload of a source that sends both is XML, and not JSON."""
    return payload.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"<"


def folded(told: str | None) -> str | None:
    """Give a source's fixed words as its table has them: in small letters, without a full stop."""
    return told and told.translate(_APOSTROPHES).casefold().strip(" .")


def items(value: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    """Go down a path of names, through every list on it, and give the objects at its end."""
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from items(one, *path)
    elif isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        if not path:
            yield told
        else:
            yield from items(told.get(path[0]), *path[1:])


def text(value: Any, *path: str) -> str | None:
    """Go down a path of names to a text or a number, as text; None where there is none."""
    for name in path:
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    if isinstance(value, str):
        return " ".join(value.split())[:_LONGEST_TEXT] or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def number_of(value: Any, *path: str) -> str:
    """Give a tracking number; raises `PayloadUnreadable`."""
    found = text(value, *path)
    if found is None:
        raise unreadable(".".join(path), "tells no tracking number")
    return found


def local(tag: str) -> str:
    """Give an element's name without its namespace."""
    return tag.rpartition("}")[2]


def elements(root: Element, *names: str) -> Iterator[Element]:
    """Give every element of one of the names, in the document's sequence."""
    return (one for one in root.iter() if local(one.tag) in names)


def said(element: Element, *names: str) -> str | None:
    """Give the text of the first child of the first name that there is, its children's with it."""
    for name in names:
        for child in element:
            if local(child.tag) == name:
                found = " ".join(" ".join(child.itertext()).split())
                if found:
                    return found[:_LONGEST_TEXT]
    return None


def carrier_event(
    meaning: Meaning,
    *,
    carrier: str,
    tracking_number: str,
    code: str | None,
    when: str | None,
    formats: Iterable[str] = (),
    where: Iterable[str | None] = (),
    description: str | None,
) -> CarrierEvent:
    """Put together what a source told of a parcel and what its code means.

    The time is read by the first of the formats that fits, else as ISO 8601; raises
    `PayloadUnreadable`. What is known of the place is joined.
    """
    return CarrierEvent(
        carrier=carrier,
        tracking_number=tracking_number,
        status=meaning.status,
        reason=meaning.reason,
        code=code,
        occurred_told=_iso_time(when, *formats),
        location=", ".join(filter(None, where)) or None,
        description=description,
    )


def _iso_time(told: str | None, *formats: str) -> str:
    """Give a time as ISO 8601: by the first of the formats that fits, else as ISO's own.

    It keeps its offset, and gets none where it has none. Raises `PayloadUnreadable`.
    """
    for format_ in formats:
        try:
            return datetime.strptime(told or "", format_).isoformat()  # noqa: DTZ007 - local time
        except ValueError:
            continue
    try:
        by_iso = (told or "").replace(" ", "T", 1).replace(" ", "")
        return datetime.fromisoformat(by_iso).isoformat()
    except ValueError as error:
        raise unreadable("time", f"{told!r} is no time") from error
