"""The present state of a customer's consents, from all that was ever decided.

Within one customer the latest decision holds. When two customers become one, the strictest of
what held for either holds until somebody decides anew. All of it follows from the instants at
which people decided and customers merged, never from the order in which we were told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from customer.domain.consents import HOUSE, Consent, ConsentChannel, Decision


@dataclass(frozen=True, slots=True)
class StandingMerge:
    """A merge that was not undone: since `merged_at` two customers are one."""

    retired_id: str
    survivor_id: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What holds now for a purpose, channel and brand, and the consent that says so.

    A `channel` of None is what holds for every channel that has no state of its own, and the
    brand of the house for every brand.
    """

    purpose: str
    channel: ConsentChannel | None
    brand: str
    consent: Consent

    @property
    def decision(self) -> Decision:
        """Give what was decided, valid or not any more."""
        return self.consent.told.decision

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the decision was for a time that is over."""
        until = self.consent.told.valid_until
        return until is not None and until <= now

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether it is granted, and still."""
        return self.decision is Decision.GRANTED and not self.is_expired(now)


def present_states(
    consents: Sequence[Consent], merges: Sequence[StandingMerge]
) -> list[ConsentState]:
    """Give what holds for each purpose, channel and brand that a decision ever named."""
    named = {consent.told.subject for consent in consents}
    return [
        state
        for purpose, channel, brand in sorted(named, key=_by_name)
        if (state := state_of(consents, merges, purpose, channel, brand)) is not None
    ]


def changed_states(
    before: Sequence[ConsentState], after: Sequence[ConsentState]
) -> list[ConsentState]:
    """Give the states that say something else than before: another decision, or another end."""
    said = {(state.purpose, state.channel, state.brand): _said(state) for state in before}
    return [
        state
        for state in after
        if said.get((state.purpose, state.channel, state.brand)) != _said(state)
    ]


def state_of(
    consents: Sequence[Consent],
    merges: Sequence[StandingMerge],
    purpose: str,
    channel: ConsentChannel | None,
    brand: str = HOUSE,
) -> ConsentState | None:
    """Give what holds for a purpose, channel and brand; None when nobody ever decided.

    A decision of all channels is each one's, and one of the house each brand's.
    """
    about = [
        consent
        for consent in consents
        if consent.told.purpose == purpose
        and consent.told.channel in {channel, None}
        and consent.told.brand in {brand, HOUSE}
    ]
    consent = _what_holds(sorted(about, key=_by_time), merges)
    return None if consent is None else ConsentState(purpose, channel, brand, consent)


def _what_holds(decisions: Sequence[Consent], merges: Sequence[StandingMerge]) -> Consent | None:
    """Go through decisions and merges in their time."""
    if not merges:
        return decisions[-1] if decisions else None
    people = _People()
    coming = iter(sorted(merges, key=lambda merge: merge.merged_at))
    merge = next(coming, None)
    for consent in decisions:
        while merge is not None and merge.merged_at < consent.decided_at:
            people.join(merge)
            merge = next(coming, None)
        people.decide(consent)
    while merge is not None:
        people.join(merge)
        merge = next(coming, None)
    return people.strictest()


def _said(state: ConsentState) -> tuple[Decision, datetime | None]:
    return state.decision, state.consent.told.valid_until


def _by_name(subject: tuple[str, ConsentChannel | None, str]) -> tuple[str, str, str]:
    purpose, channel, brand = subject
    return purpose, channel or "", brand


class _People:
    """What holds for each of those who are one customer by the end."""

    def __init__(self) -> None:
        self._leads_to: dict[str, str] = {}
        self._holds: dict[str, Consent] = {}

    def decide(self, consent: Consent) -> None:
        self._holds[self._find(consent.origin_id)] = consent

    def join(self, merge: StandingMerge) -> None:
        retired, survivor = self._find(merge.retired_id), self._find(merge.survivor_id)
        if retired == survivor:
            return
        self._leads_to[retired] = survivor
        both = (self._holds.pop(retired, None), self._holds.pop(survivor, None))
        strictest = _strictest(consent for consent in both if consent is not None)
        if strictest is not None:
            self._holds[survivor] = strictest

    def strictest(self) -> Consent | None:
        return _strictest(self._holds.values())

    def _find(self, customer_id: str) -> str:
        while customer_id in self._leads_to:
            customer_id = self._leads_to[customer_id]
        return customer_id


def _strictest(consents: Iterable[Consent]) -> Consent | None:
    return max(consents, key=_by_strictness, default=None)


def _by_time(consent: Consent) -> tuple[object, ...]:
    """Order decisions by their time; of those at one instant the strictest is the last word."""
    return (consent.decided_at, consent.told.decision.strictness, consent.id)


def _by_strictness(consent: Consent) -> tuple[object, ...]:
    return (consent.told.decision.strictness, consent.decided_at, consent.id)
