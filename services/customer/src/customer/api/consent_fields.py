"""The fields of which consents are made at the edge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from chassis.api import StrictModel
from chassis.iso import LanguageTag
from customer.api.fields import Text
from customer.domain.consents import (
    Basis,
    ConsentChannel,
    Decision,
    Proof,
    ProofHow,
    ToldConsent,
)

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)

Purpose = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$"),
    Field(
        description=(
            "What for: marketing, marketing.newsletter, profiling, transfer, … A purpose that "
            "begins with `transactional` serves a sale or a request."
        ),
        examples=["marketing"],
    ),
]
TextVersion = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
    Field(examples=["2026-03"]),
]
Instant = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=_LATEST)]


class ProofIn(StrictModel):
    """How a decision was expressed, and where the house can look that up."""

    how: ProofHow
    reference: Annotated[
        Text | None,
        Field(description="A document, a recording, a form: its id in the house, no contact data."),
    ] = None


class ConsentToldIn(StrictModel):
    """One decision about one purpose."""

    purpose: Purpose
    channel: Annotated[
        ConsentChannel | None, Field(description="Left out: every channel of the purpose.")
    ] = None
    decision: Decision
    basis: Basis = Basis.CONSENT
    text_version: TextVersion | None = None
    text_language: Annotated[
        LanguageTag | None, Field(description="The language in which the text was shown.")
    ] = None
    decided_at: Annotated[
        Instant | None, Field(description="When the customer decided; now if left out.")
    ] = None
    valid_until: Instant | None = None
    proof: ProofIn | None = None

    def told(
        self,
        source: str,
        decided_at: datetime | None,
        *,
        brand: str,
        legal_entity: str,
        home_region: str,
    ) -> ToldConsent:
        """Give the decision as the domain reads it; `decided_at` is for one without its own."""
        return ToldConsent(
            purpose=self.purpose,
            decision=self.decision,
            basis=self.basis,
            source=source,
            brand=brand,
            legal_entity=legal_entity,
            home_region=home_region,
            channel=self.channel,
            text_version=self.text_version,
            text_language=self.text_language,
            proof=None if self.proof is None else Proof(self.proof.how, self.proof.reference),
            decided_at=self.decided_at or decided_at,
            valid_until=self.valid_until,
        )
