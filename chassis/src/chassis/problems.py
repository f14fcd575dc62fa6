"""Refusals and validation errors as RFC 9457 problem documents that say how to mend the request."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis.canonical import malformed_json
from chassis.database import is_transient
from chassis.errors import Invalid, Refusal, Unavailable
from chassis.field_problems import NOT_KNOWN, field_problems
from chassis.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fastapi import FastAPI
    from pydantic_core import ErrorDetails
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:carnet:problem:"
_TITLES = {
    404: ("not-found", "There is no such resource"),
    405: ("method-not-allowed", "The method is not allowed here"),
}

Told = TypeVar("Told")
Model = TypeVar("Model")

log = get_logger()


def invalid(
    errors: Iterable[ErrorDetails | Mapping[str, Any]], *, told: object = NOT_KNOWN
) -> Refusal:
    """Make the refusal for what pydantic found wrong in what was told."""
    listed = list(errors)
    for error in listed:
        if error["type"] == "json_invalid":
            return malformed_json(str(error.get("ctx", {}).get("error", error["msg"])))
    fields = field_problems(listed, told=told)
    detail = "; ".join(f"{field.field}: {field.problem}" for field in fields[:3])
    return Invalid(detail, fields=fields)


def told_as(read: Callable[[Told], Model], told: Told) -> Model:
    """Read what a client told by hand; raises `Invalid` where it is not of that form.

    Whatever else pydantic finds wrong is ours, such as an answer that is not of its own form, and
    is answered 500: a client that is told to mend its request could not.
    """
    try:
        return read(told)
    except ValidationError as error:
        raise invalid(error.errors()) from error


def problem_response(refusal: Refusal, *, part: str | None = None) -> Response:
    """Write a refusal as a problem document."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + refusal.slug,
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail or refusal.title,
    }
    if refusal.fields:
        body["errors"] = [
            {"field": field.field, "problem": field.problem, "mend": field.mend}
            for field in refusal.fields
        ]
    headers: dict[str, str] = {}
    if isinstance(refusal, Unavailable):
        headers["Retry-After"] = str(refusal.retry_after_seconds or 1)
        named = refusal.part or part
        if named is not None:
            body["part"] = named
    elif refusal.retry_after_seconds is not None:
        headers["Retry-After"] = str(refusal.retry_after_seconds)
    return _document(refusal.status, body, headers)


def add_problem_handlers(app: FastAPI, *, part: str) -> None:
    """Have an application answer every failure with a problem document; `part` is its name."""

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for this type only
        return problem_response(error, part=part)

    async def not_valid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
        return problem_response(invalid(error.errors(), told=error.body))

    async def not_served(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - as above
        if error.status_code == HTTPStatus.BAD_REQUEST:  # FastAPI's for what json cannot read
            return problem_response(malformed_json("no JSON can be read from the bytes"))
        slug, title = _TITLES.get(error.status_code, ("http-error", str(error.detail)))
        body = {
            "type": TYPE_PREFIX + slug,
            "title": title,
            "status": error.status_code,
            "detail": f"{title}. See the API's documentation for the paths and methods.",
        }
        return _document(error.status_code, body, dict(error.headers or {}))

    async def out_of_reach(_request: Request, error: Exception) -> Response:
        if not is_transient(error):
            raise error
        log.warning("database.unreachable", cause=type(error).__name__)
        return problem_response(
            Unavailable(f"{part} cannot reach its database. Send the request again soon."),
            part=part,
        )

    async def failed(_request: Request, _error: Exception) -> Response:
        body = {
            "type": TYPE_PREFIX + "internal-error",
            "title": f"{part} failed to answer",
            "status": 500,
            "detail": "This is our fault. The failure was logged with the request's trace id.",
        }
        return _document(500, body, {})

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(HTTPException, not_served)
    for kind in (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        app.add_exception_handler(kind, out_of_reach)
    app.add_exception_handler(Exception, failed)


def _document(status: int, body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body), status, headers=headers, media_type=MEDIA_TYPE)
