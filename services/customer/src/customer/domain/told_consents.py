"""Consents inside a source record: what can be kept as a decision, and what is flagged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chassis.errors import FieldProblem
from customer.domain.consents import (
    ConsentNeverValid,
    ConsentUnproved,
    ToldConsent,
    refuse_unlikely,
)

_CLOCKS_DIFFER_BY = timedelta(minutes=5)


def read_told_consents(
    told: tuple[ToldConsent, ...], received_at: datetime
) -> tuple[tuple[ToldConsent, ...], list[FieldProblem]]:
    """Read decisions; a grant without proof is flagged and counts for nothing.

    A no is never lost to a clock that runs ahead: it counts from when we received it.
    """
    usable: list[ToldConsent] = []
    flags: list[FieldProblem] = []
    for place, one in enumerate(told):
        path = f"consents.{place}"
        consent = one
        if one.decided_at is not None and one.decided_at > received_at + _CLOCKS_DIFFER_BY:
            consent = replace(one, decided_at=received_at)
            mend = "Set the clock of the source, and send when the customer decided."
            flags.append(FieldProblem(f"{path}.decided_at", "lies in the future", mend))
        try:
            refuse_unlikely(consent, received_at)
        except (ConsentUnproved, ConsentNeverValid) as refusal:
            flags += [
                FieldProblem(f"{path}.{wrong.field}", wrong.problem, wrong.mend)
                for wrong in refusal.fields
            ]
        else:
            usable.append(consent)
    return tuple(usable), flags
