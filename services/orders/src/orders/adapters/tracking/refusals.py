"""A carrier's answer that is an error: which of its fields tells it, and with what code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from orders.adapters.tracking.reading import (
    elements,
    is_xml,
    items,
    local,
    read_json,
    read_xml,
    said,
    text,
)
from orders.domain.carrier_words import PayloadUnreadable, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = frozenset({"error", "errors", "errorcode", "primaryerrorcode", "result", "warnings"})
_CODES = ("code", "Code", "errorCode", "ErrorCode")
_STATUSES = (
    ("meta", "code"),
    ("returnCode",),
    ("responseStatus", "responseStatusCode"),
    ("status",),
)
_ERRORS_FROM = 400
_IN_XML = {
    "Error": ("Number", "ErrorCode", "code"),
    "message": ("code",),
    "Fault": ("faultcode",),
    "Condition": ("ConditionCode",),
}
_NONE = frozenset({"", "0"})
_CODE = re.compile(r"[\w.:-]{1,64}")
_DEEPEST = 12


def refusal_in(payload: bytes) -> PayloadUnreadable | None:
    """Find the error that an answer tells in place of events; None where it tells none.

    Only its code is passed on: what stands beside it may repeat what was asked for.
    """
    try:
        found = _in_xml(payload) if is_xml(payload) else _in_json(read_json(payload))
    except PayloadUnreadable:
        return None
    where, code = next(found, (None, None))
    if where is None:
        return None
    shown = f" {code}" if code and _CODE.fullmatch(code) else ""
    return unreadable(where, f"tells the carrier's error{shown}, and no event")


def _in_json(told: Any) -> Iterator[tuple[str, str | None]]:
    yield from _below(told, ())
    for *path, name in _STATUSES:
        for one in items(told, *path):
            code = text(one, name)
            if code is not None and code.isdecimal() and int(code) >= _ERRORS_FROM:
                yield ".".join((*path, name)), code


def _below(told: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Go through an answer for fields that tell errors; those that are empty tell none."""
    if len(path) > _DEEPEST:
        return
    if isinstance(told, list):
        for one in cast("list[Any]", told):
            yield from _below(one, path)
    elif isinstance(told, dict):
        for name, value in cast("dict[str, Any]", told).items():
            here = (*path, name)
            if name.casefold() in _FIELDS or name.endswith("Errors"):
                yield from _error(value, here)
            yield from _below(value, here)


def _error(told: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    for one in cast("list[Any]", told) if isinstance(told, list) else [told]:
        if isinstance(one, dict):
            fields = cast("dict[str, Any]", one)
            for name in _CODES:
                code = _scalar(fields.get(name))
                if code is not None:
                    yield ".".join((*path, name)), code
        elif (code := _scalar(one)) is not None:
            yield ".".join(path), code


def _in_xml(payload: bytes) -> Iterator[tuple[str, str | None]]:
    root = read_xml(payload)
    for element in elements(root, "errorCode", "ErrorCode"):
        code = (element.text or "").strip()
        if code not in _NONE:
            yield local(element.tag), code
    for element in elements(root, *_IN_XML):
        for name in _IN_XML[local(element.tag)]:
            code = said(element, name)
            if code is not None:
                yield f"{local(element.tag)}.{name}", code


def _scalar(told: Any) -> str | None:
    """Give a code as text; one that says that all is well is none."""
    if isinstance(told, bool) or not isinstance(told, str | int):
        return None
    return None if str(told).strip() in _NONE else str(told).strip()
