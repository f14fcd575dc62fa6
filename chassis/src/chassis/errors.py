"""The refusals a service may answer with, each a fact with a stable name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field of the request that cannot be taken, and how to mend it.

    `field` is a dotted path into the body (`lines.0.quantity`) or a parameter's name.
    """

    field: str
    problem: str
    mend: str


class Refusal(Exception):
    """An expected refusal; `chassis.problems` turns it into an RFC 9457 document.

    Subclasses stand beside the rule they guard and give `slug` (stable for ever, part of the
    problem's type) and `title` (a sentence that is true of every occurrence).
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"

    def __init__(
        self,
        detail: str = "",
        *,
        fields: Sequence[FieldProblem] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        """Say what happened in `detail`, which fields caused it, and when to come back."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.fields = tuple(fields)
        self.retry_after_seconds = retry_after_seconds


class Malformed(Refusal):
    """The bytes cannot be read as what they claim to be (400)."""

    status = 400
    slug = "malformed"
    title = "The request cannot be read"


class Unauthenticated(Refusal):
    """Nobody vouches for the caller (401)."""

    status = 401
    slug = "unauthenticated"
    title = "The caller is not known"


class Forbidden(Refusal):
    """The caller is known and may not do this (403)."""

    status = 403
    slug = "forbidden"
    title = "The caller may not do this"


class NotFound(Refusal):
    """There is no such thing (404)."""

    status = 404
    slug = "not-found"
    title = "There is no such thing"


class Conflict(Refusal):
    """The thing's present state does not allow this (409)."""

    status = 409
    slug = "conflict"
    title = "The present state does not allow this"


class Gone(Refusal):
    """The thing existed and was erased (410)."""

    status = 410
    slug = "gone"
    title = "The thing is gone"


class PreconditionFailed(Refusal):
    """The thing changed since the caller read it (412)."""

    status = 412
    slug = "precondition-failed"
    title = "The thing changed since it was read"


class TooLarge(Refusal):
    """The body is larger than the service reads (413)."""

    status = 413
    slug = "body-too-large"
    title = "The body is too large"


class UnsupportedMediaType(Refusal):
    """The body is of a type the service does not read (415)."""

    status = 415
    slug = "unsupported-media-type"
    title = "The body's type is not supported"


class Invalid(Refusal):
    """The request can be read but not taken (422)."""

    status = 422
    slug = "invalid"
    title = "The request is not valid"


class PreconditionRequired(Refusal):
    """The change must say which version it was made from (428)."""

    status = 428
    slug = "precondition-required"
    title = "The request must carry If-Match"


class Unavailable(Refusal):
    """A part that is needed does not answer now (503).

    `part` names it where it is not the one that refuses.
    """

    status = 503
    slug = "unavailable"
    title = "A part of the suite does not answer now"
    part: ClassVar[str | None] = None
