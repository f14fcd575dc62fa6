"""Noting what a part erased; the last of them completes the erasure with its receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from customer.domain.erasure import Erasure, ErasureStatus, PartAnswer, all_answered, next_status
from customer.domain.receipt import hash_of_receipt, receipt_of
from customer.events import ERASURE
from customer.store.erasures import change_erasure, find_erasure, put_answer

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction


async def answer_erasure(
    tx: Transaction, erasure_id: UUID, answer: PartAnswer, *, now: datetime
) -> ErasureStatus | None:
    """Note a part's answer; gives the erasure's status, or None when there is no such erasure.

    A part that is asked again, such as after a restore, may answer again: the answer that tells of
    more stands, and none changes a receipt that was given.
    """
    erasure = await find_erasure(tx, erasure_id, hold=True)
    if erasure is None:
        return None
    if erasure.status is ErasureStatus.COMPLETE or _told_more(erasure, answer):
        return erasure.status
    await put_answer(tx, erasure_id, answer)
    answered = await find_erasure(tx, erasure_id)
    assert answered is not None  # noqa: S101 - it is held
    if not all_answered(answered.parts):
        return erasure.status
    status = next_status(erasure.status, ErasureStatus.COMPLETE)
    receipt = receipt_of(
        replace(answered, status=status), ERASURE.show(erasure_id), completed_at=now
    )
    await change_erasure(
        tx,
        erasure_id,
        status=status,
        completed_at=now,
        receipt=receipt,
        receipt_hash=hash_of_receipt(receipt),
    )
    return status


def _told_more(erasure: Erasure, answer: PartAnswer) -> bool:
    return any(
        known.part is answer.part
        and known.answered_at is not None
        and sum(known.erased.values()) > sum(answer.erased.values())
        for known in erasure.parts
    )
