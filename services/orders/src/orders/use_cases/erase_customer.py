"""Erasing a customer: what is personal goes, what the law makes the house keep is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.identity.aliases import survivors_of
from chassis.identity.tombstones import entomb
from chassis.outbox import announce
from orders.domain.erasure import KEPT_BY_LAW, ErasureAnswer, Kept, kept_until, together
from orders.events import ERASURE, OrdersErased
from orders.store.aliases import lock_aliases, shut_out_writers
from orders.store.erasing import erase_facts
from orders.store.erasure_answers import answer_before, keep_answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure


async def erase_customer(tx: Transaction, erasure: Erasure, *, accounting_years: int) -> None:
    """Erase, remember whose facts to erase on arrival, and announce what it came to.

    An erasure that comes again, after a restore say, erases what is there again and is answered
    again.
    """
    await lock_aliases(tx)
    await shut_out_writers(tx)
    await entomb(tx, erasure)
    present = await survivors_of(tx, erasure.customer_ids)
    erased, days = await erase_facts(tx, erasure, present_ids=present)
    now = ErasureAnswer(
        {what: count for what, count in erased.items() if count},
        tuple(_kept(what, of, accounting_years) for what, of in days.items() if of),
    )
    answer = together(await answer_before(tx, erasure.erasure_id), now)
    await keep_answer(tx, erasure, answer)
    event = OrdersErased(
        erasure_id=erasure.erasure_id,
        customer_id=erasure.customer_ids[0],
        erased=dict(answer.erased),
        kept=answer.kept,
        erased_at=erasure.erased_at,
    )
    key = ERASURE.show(erasure.erasure_id)
    await announce(tx, event, key=key, sequence=1, at=erasure.erased_at)


def _kept(what: str, days: Sequence[date], years: int) -> Kept:
    return Kept(what, len(days), KEPT_BY_LAW, kept_until(max(days), years=years))
