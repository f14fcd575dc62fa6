"""What a carrier or a platform sent: kept as it came, proven to be theirs, then read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chassis.errors import Conflict, NotFound, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

_ESCAPED = re.compile(
    r"&(?:lt|gt|amp|quot|#0*(?:34|38|39|60|62)|#x0*(?:22|26|27|3c|3e));", re.IGNORECASE
)

KEPT = timedelta(days=30)
"""How long a payload stays after it was read, so that it can be read again by better tables."""


class CarrierAnswerNotFound(NotFound):
    slug = "carrier-answer-not-found"
    title = "There is no such answer"


class UnknownSource(NotFound):
    slug = "unknown-source"
    title = "No adapter reads what this source sends"


class PayloadForgotten(Conflict):
    slug = "payload-forgotten"
    title = "The body is no longer kept"


class SignatureWrong(Unauthenticated):
    slug = "signature-wrong"
    title = "The signature does not fit the body"


@dataclass(frozen=True, slots=True)
class CarrierAnswer:
    """What became of an answer; counts are None until it was read."""

    id: UUID
    source: str
    received_at: datetime
    read_at: datetime | None = None
    recorded: int | None = None
    unmapped: int | None = None
    refused: int | None = None
    problem: str | None = None


def _easypost(secret: str, body: bytes) -> str:
    key = unicodedata.normalize("NFKD", secret).encode()
    return f"hmac-sha256-hex={hmac.new(key, body, hashlib.sha256).hexdigest()}"


def _base64(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _woocommerce(secret: str, body: bytes) -> str:
    """Sign as WordPress does, which first decodes what it escapes in HTML."""
    return _base64(_ESCAPED.sub(lambda found: html.unescape(found[0]), secret), body)


SIGNATURES: dict[str, tuple[str, Callable[[str, bytes], str]]] = {
    "aftership": ("aftership-hmac-sha256", _base64),
    "easypost": ("x-hmac-signature", _easypost),
    "shopify": ("x-shopify-hmac-sha256", _base64),
    "woocommerce": ("x-wc-webhook-signature", _woocommerce),
}
"""By source the header in which it signs its webhooks, and how."""


def check_signature(
    source: str, body: bytes, headers: Mapping[str, str], secrets: Mapping[str, str]
) -> None:
    """Refuse a body that its source did not sign; raises `SignatureWrong`.

    Only where the house has told the source's secret: then every body must be signed.
    """
    secret = secrets.get(source)
    if secret is None or source not in SIGNATURES:
        return
    header, sign = SIGNATURES[source]
    told = headers.get(header, "")
    if not hmac.compare_digest(told.encode(), sign(secret, body).encode()):
        message = f"Send the body as {source} signed it, with its header {header}."
        raise SignatureWrong(message)
