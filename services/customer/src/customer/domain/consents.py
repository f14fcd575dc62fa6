"""Consents: what somebody decided about being written to, on what ground, and what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import FieldProblem, Invalid

_CLOCKS_DIFFER_BY = timedelta(minutes=5)
TRANSACTIONAL = "transactional"
HOUSE = "house"
"""The brand of a decision that is about every brand."""


class Decision(StrEnum):
    """What was decided; the order is that of strictness, the mildest first."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def strictness(self) -> int:
        """Give 0 for the mildest."""
        return _STRICTNESS[self]


_STRICTNESS = {decision: place for place, decision in enumerate(Decision)}


class Basis(StrEnum):
    """The lawful ground that the decision is about (GDPR art. 6)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGITIMATE_INTEREST = "legitimate-interest"


class ConsentChannel(StrEnum):
    """How the house writes to somebody."""

    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    POST = "post"
    PUSH = "push"
    WHATSAPP = "whatsapp"
    LINE = "line"
    WECHAT = "wechat"
    KAKAOTALK = "kakaotalk"


class ProofHow(StrEnum):
    """How a decision was expressed."""

    CHECKBOX = "checkbox"
    SIGNATURE = "signature"
    DOUBLE_OPT_IN = "double-opt-in"
    PHONE = "phone"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Proof:
    """How a decision was expressed, and where that can be looked up."""

    how: ProofHow
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class ToldConsent:
    """One decision as it is told; a `channel` of None means all channels, the house all brands."""

    purpose: str
    decision: Decision
    basis: Basis
    source: str
    brand: str = HOUSE
    legal_entity: str = HOUSE
    home_region: str = HOUSE
    channel: ConsentChannel | None = None
    text_version: str | None = None
    text_language: str | None = None
    proof: Proof | None = None
    decided_at: datetime | None = None
    valid_until: datetime | None = None

    @property
    def subject(self) -> tuple[str, ConsentChannel | None, str]:
        """Name what is decided about: purpose, channel and brand."""
        return self.purpose, self.channel, self.brand


@dataclass(frozen=True, slots=True)
class Consent:
    """A decision as it is kept.

    It hangs on the source record that told it, or on the customer id it was told with.
    `origin_id` is the customer who had it before the merges that stand today.
    """

    id: UUID
    told: ToldConsent
    source_record_id: UUID | None
    told_customer_id: str | None
    origin_id: str
    decided_at: datetime
    recorded_at: datetime
    recorded_by: str
    recorded_for: str | None = None


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who told us: the client or the source, and the person behind it."""

    client: str
    person: str | None = None


class ConsentUnproved(Invalid):
    """Who says that somebody consented must be able to show it (GDPR art. 7)."""

    slug = "consent-unproved"
    title = "A granted consent needs the text that was shown and a proof"


class ConsentFromTheFuture(Invalid):
    """Nobody has decided yet what is to be decided later."""

    slug = "consent-from-the-future"
    title = "The decision lies in the future"


class ConsentNeverValid(Invalid):
    """The decision ends before it begins."""

    slug = "consent-never-valid"
    title = "The decision is valid at no time"


class ConsentTextUnknown(Invalid):
    """Nobody wrote down the words that were shown."""

    slug = "consent-text-unknown"
    title = "There is no consent text of this purpose and version"


def is_transactional(purpose: str) -> bool:
    """Tell whether a purpose serves a sale or a request: it needs no marketing consent."""
    return purpose == TRANSACTIONAL or purpose.startswith(TRANSACTIONAL + ".")


def refuse_unlikely(told: ToldConsent, now: datetime) -> None:
    """Refuse what cannot be kept as a proof.

    Raises `ConsentUnproved`, `ConsentFromTheFuture`, `ConsentNeverValid`.
    """
    missing = [
        field
        for field, value in (("text_version", told.text_version), ("proof", told.proof))
        if value is None
    ]
    if missing and told.decision is Decision.GRANTED and told.basis is Basis.CONSENT:
        mend = "Send `text_version` and `proof` with a granted consent."
        raise ConsentUnproved(mend, fields=[FieldProblem(f, "is missing", mend) for f in missing])
    decided_at = told.decided_at or now
    if decided_at > now + _CLOCKS_DIFFER_BY:
        mend = "Send the instant at which the customer decided, or leave it out for now."
        field = FieldProblem("decided_at", "lies in the future", mend)
        raise ConsentFromTheFuture(mend, fields=[field])
    if told.valid_until is not None and told.valid_until <= decided_at:
        mend = "Send a `valid_until` after `decided_at`, or leave it out."
        field = FieldProblem("valid_until", "is not after the decision", mend)
        raise ConsentNeverValid(mend, fields=[field])


def refuse_unknown_text(told: ToldConsent, known: Sequence[tuple[str, str, str]]) -> None:
    """Refuse a text that nobody wrote down; raises `ConsentTextUnknown`.

    `known` are the (purpose, version, language) of texts.
    """
    if told.text_version is None:
        return
    languages = {
        language
        for purpose, version, language in known
        if (purpose, version) == (told.purpose, told.text_version)
    }
    if languages and told.text_language in {None, *languages}:
        return
    mend = "Put the consent text with its words first, or correct the version or the language."
    named = "text_language" if languages else "text_version"
    raise ConsentTextUnknown(mend, fields=[FieldProblem(named, "is unknown", mend)])


def is_repeated(told: ToldConsent, by_the_same: Sequence[Consent]) -> bool:
    """Tell whether the same teller said the very same before.

    A source record repeats all that it knows each time it is put: a decision without its instant
    is new only when it differs from what the record said last, or it would overrule what was
    decided elsewhere in the meantime.
    """
    if told.decided_at is not None:
        return any(consent.told == told for consent in by_the_same)
    alike = [consent for consent in by_the_same if consent.told.subject == told.subject]
    latest = max(alike, key=lambda consent: (consent.recorded_at, consent.id), default=None)
    return latest is not None and replace(latest.told, decided_at=None) == told
