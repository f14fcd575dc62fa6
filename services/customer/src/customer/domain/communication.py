"""Communication checks: may the house write to this customer about this, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from customer.domain.consent_state import ConsentState
from customer.domain.consents import ConsentChannel, Decision, is_transactional

ADULT_AT = 18
"""Nobody younger is marketed to, whatever was ticked."""


class Reason(StrEnum):
    """Why the house may not write."""

    CONSENT_MISSING = "consent-missing"
    CONSENT_REFUSED = "consent-refused"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CONSENT_EXPIRED = "consent-expired"
    SUPPRESSED = "suppressed"
    NO_USABLE_ADDRESS = "no-usable-address"
    ADDRESS_NOT_THEIRS = "address-not-theirs"
    MINOR = "minor"
    TRANSFER_NOT_ALLOWED = "transfer-not-allowed"
    CUSTOMER_UNKNOWN = "customer-unknown"
    CUSTOMER_ERASED = "customer-erased"


class AddressKind(StrEnum):
    """What an address is; the suppression list knows these kinds."""

    EMAIL = "email"
    PHONE = "phone"


class SuppressionReason(StrEnum):
    """Why nobody may write to an address; `bounced` ends everything, the others marketing."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ASKED = "asked"
    ERASED = "erased"


ADDRESS_OF = {
    ConsentChannel.EMAIL: AddressKind.EMAIL,
    ConsentChannel.PHONE: AddressKind.PHONE,
    ConsentChannel.SMS: AddressKind.PHONE,
    ConsentChannel.WHATSAPP: AddressKind.PHONE,
}
"""The address that a channel needs; other channels find their people by themselves."""

_SAID_NO = {
    Decision.REFUSED: Reason.CONSENT_REFUSED,
    Decision.WITHDRAWN: Reason.CONSENT_WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a customer in its compared form, and what it is suppressed for.

    `suppressed` holds (purpose or "*", reason).
    """

    compared: str
    suppressed: frozenset[tuple[str, SuppressionReason]] = frozenset()

    def may_be_used_for(self, purpose: str) -> bool:
        """Tell whether the suppression list leaves the address to this purpose."""
        transactional = is_transactional(purpose)
        return not any(
            reason is SuppressionReason.BOUNCED or not transactional
            for suppressed_for, reason in self.suppressed
            if suppressed_for in {purpose, "*"}
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """What is known of a customer by whom a message would be written."""

    state: ConsentState | None
    birth_date: date | None
    has_postal_address: bool
    addresses: tuple[Address, ...] = field(default=())


def reasons_against(
    reached: Reached,
    purpose: str,
    channel: ConsentChannel,
    *,
    asked_address: str | None,
    now: datetime,
) -> list[Reason]:
    """Give every reason why the house may not write; none means that it may.

    `asked_address` is in its compared form. A purpose of a sale or a request needs no consent,
    but who refused it in so many words is left in peace.
    """
    reasons = list(_of_consent(reached.state, purpose, now))
    if not is_transactional(purpose) and _is_minor(reached.birth_date, now.date()):
        reasons.append(Reason.MINOR)
    return [*reasons, *_of_addresses(reached, purpose, channel, asked_address)]


def _of_consent(state: ConsentState | None, purpose: str, now: datetime) -> Iterable[Reason]:
    needed = not is_transactional(purpose)
    if state is None:
        if needed:
            yield Reason.CONSENT_MISSING
    elif state.decision is not Decision.GRANTED:
        if not state.is_expired(now):
            yield _SAID_NO[state.decision]
        elif needed:
            yield Reason.CONSENT_MISSING
    elif needed and state.is_expired(now):
        yield Reason.CONSENT_EXPIRED


def _of_addresses(
    reached: Reached, purpose: str, channel: ConsentChannel, asked_address: str | None
) -> Iterable[Reason]:
    if channel is ConsentChannel.POST and not reached.has_postal_address:
        yield Reason.NO_USABLE_ADDRESS
    if channel not in ADDRESS_OF:
        return
    if not reached.addresses:
        yield Reason.NO_USABLE_ADDRESS
        return
    meant = [a for a in reached.addresses if asked_address is None or a.compared == asked_address]
    if not meant:
        yield Reason.ADDRESS_NOT_THEIRS
    elif not any(address.may_be_used_for(purpose) for address in meant):
        yield Reason.SUPPRESSED


def _is_minor(birth_date: date | None, today: date) -> bool:
    if birth_date is None:
        return False
    had_no_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - had_no_birthday < ADULT_AT
