"""Erasing a customer: whose complaints they were and what was written goes, figures stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.identity.aliases import survivors_of
from chassis.identity.tombstones import entomb
from chassis.outbox import announce
from complaints.events import ERASURE, ComplaintsErased
from complaints.store.customer_aliases import shut_out_writers
from complaints.store.erasing import erase_complaints
from complaints.store.erasure_answers import answer_before, keep_answer

if TYPE_CHECKING:
    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure


async def erase_customer(tx: Transaction, erasure: Erasure) -> None:
    """Erase, remember whose complaints to erase on arrival, and announce what it came to.

    An erasure that comes again, after a restore say, erases what is there again and is answered
    again.
    """
    await shut_out_writers(tx)
    await entomb(tx, erasure)
    present = await survivors_of(tx, erasure.customer_ids)
    found = await erase_complaints(tx, erasure, present_ids=present)
    answer = (await answer_before(tx, erasure.erasure_id)).with_more(found)
    await keep_answer(tx, erasure, answer)
    event = ComplaintsErased(
        erasure_id=erasure.erasure_id,
        customer_id=erasure.customer_ids[0],
        erased=dict(answer.erased),
        kept=answer.kept,
        erased_at=erasure.erased_at,
    )
    key = ERASURE.show(erasure.erasure_id)
    await announce(tx, event, key=key, sequence=1, at=erasure.erased_at)
