"""The receipt of an erasure: what each part erased and kept, without a word about the person."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from customer.domain.erasure import Erasure, Kept, PartAnswer

FORM = "carnet-erasure-receipt.v1"


def receipt_of(erasure: Erasure, shown_id: str, *, completed_at: datetime) -> dict[str, Any]:
    """Write the receipt as plain JSON values.

    It names the erasure and the house's own reference; the person's id, records and words stand
    nowhere in it.
    """
    request = erasure.request
    return {
        "form": FORM,
        "erasure_id": shown_id,
        "reference": request.reference,
        "reason": str(request.reason),
        "requested_at": _instant(request.requested_at),
        "erased_at": _instant(erasure.erased_at),
        "completed_at": _instant(completed_at),
        "parts": [_part(answer) for answer in erasure.parts],
    }


def hash_of_receipt(receipt: dict[str, Any]) -> bytes:
    """Give the SHA-256 of the receipt, written in UTF-8 with sorted keys and without spaces."""
    canonical = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).digest()


def _part(answer: PartAnswer) -> dict[str, Any]:
    return {
        "part": str(answer.part),
        "erased": dict(sorted(answer.erased.items())),
        "kept": [_kept(kept) for kept in answer.kept],
        "answered_at": _instant(answer.answered_at),
    }


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "what": kept.what,
        "count": kept.count,
        "reason": kept.reason,
        "until": None if kept.until is None else kept.until.isoformat(),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
