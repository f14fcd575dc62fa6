"""Relationships: what ties a customer to another, a company, a household or a sales associate.

None of them merges anybody. Whom they tie is derived when they are read, so that they follow
merges and unmerges; two ends that came to be one customer hide a relationship until they part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound, PreconditionFailed
from customer.domain.national_numbers_told import refuse_national_numbers
from customer.domain.owners import ToldOf

MEMBERS_PER_HOUSEHOLD = 50
HEAD = "head"


class RelationshipType(StrEnum):
    """What a customer is to the other end."""

    HOUSEHOLD_MEMBER = "household-member"
    COMPANY_CONTACT = "company-contact"
    PRESCRIBER = "prescriber-of"
    REFERRER = "referrer-of"
    PARENT = "parent-of"
    PARTNER = "partner-of"
    SIBLING = "sibling-of"
    ASSISTANT = "assistant-of"
    ADVISED = "advised-by"


class EndKind(StrEnum):
    """What stands at the other end."""

    CUSTOMER = "customer"
    COMPANY = "company"
    HOUSEHOLD = "household"
    ASSOCIATE = "associate"


class RelationshipUnknown(NotFound):
    slug = "relationship-unknown"
    title = "There is no such relationship"


class EndNotAllowed(Invalid):
    slug = "relationship-end-not-allowed"
    title = "A relationship of this type does not lead there"


class RelationshipNotPossible(Invalid):
    slug = "relationship-not-possible"
    title = "What is told of the relationship cannot be"


class SelfRelationship(Invalid):
    slug = "self-relationship"
    title = "A customer cannot stand in this relationship to itself"


class RelationshipCycle(Conflict):
    """Nobody is an own forefather, or was referred by whom they referred."""

    slug = "relationship-cycle"
    title = "The relationship would close a circle"


class RelationshipAlreadyTold(Conflict):
    slug = "relationship-already-told"
    title = "The two stand in this relationship already"


class ReferredAlready(Conflict):
    slug = "referred-already"
    title = "Another customer referred this one"


class HouseholdHasHead(Conflict):
    slug = "household-has-head"
    title = "The household has a head"


class HouseholdFull(Conflict):
    slug = "household-full"
    title = "The household has as many members as are kept"


class RelationshipChangedMeanwhile(PreconditionFailed):
    slug = "relationship-changed"
    title = "The relationship changed since it was read"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a type of relationship may lead to, and what would be senseless in it.

    `roles` of None are the house's own words. In a symmetric one neither side comes first.
    """

    to: frozenset[EndKind]
    roles: frozenset[str] | None = frozenset()
    symmetric: bool = False
    acyclic: bool = False


_PERSON = frozenset({EndKind.CUSTOMER})
RULES: dict[RelationshipType, Rule] = {
    RelationshipType.HOUSEHOLD_MEMBER: Rule(
        frozenset({EndKind.HOUSEHOLD}), frozenset({HEAD, "adult", "child", "other"})
    ),
    RelationshipType.COMPANY_CONTACT: Rule(frozenset({EndKind.COMPANY}), None),
    RelationshipType.PRESCRIBER: Rule(frozenset({EndKind.CUSTOMER, EndKind.COMPANY}), None),
    RelationshipType.REFERRER: Rule(_PERSON, acyclic=True),
    RelationshipType.PARENT: Rule(_PERSON, acyclic=True),
    RelationshipType.PARTNER: Rule(_PERSON, symmetric=True),
    RelationshipType.SIBLING: Rule(_PERSON, symmetric=True),
    RelationshipType.ASSISTANT: Rule(_PERSON, None),
    RelationshipType.ADVISED: Rule(frozenset({EndKind.ASSOCIATE})),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be changed of a relationship: the site of a company, roles, from when until when.

    `brand` and `store` say where a sales associate advises.
    """

    site: str | None = None
    brand: str | None = None
    store: str | None = None
    roles: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """The other end: exactly one is set; of a customer also whose it is at present."""

    told: ToldOf | None = None
    customer_id: str | None = None
    company_id: UUID | None = None
    household_id: UUID | None = None
    associate: str | None = None

    @property
    def kind(self) -> EndKind:
        """Tell what stands there."""
        if self.company_id is not None:
            return EndKind.COMPANY
        if self.household_id is not None:
            return EndKind.HOUSEHOLD
        return EndKind.CUSTOMER if self.associate is None else EndKind.ASSOCIATE

    @property
    def present(self) -> str | UUID | None:
        """Give what stands there at present."""
        return self.customer_id or self.company_id or self.household_id or self.associate


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship as it is kept; `customer_id` is whose it is at present."""

    id: UUID
    type: RelationshipType
    told: ToldOf
    customer_id: str
    to: OtherEnd
    terms: Terms
    source: str
    version: int
    client_id: str
    actor: str | None
    created_at: datetime
    updated_at: datetime

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day; its last day is the one before `until`."""
        since, until = self.terms.since, self.terms.until
        return (since is None or since <= day) and (until is None or day < until)


def check_terms(type_: RelationshipType, to: EndKind, terms: Terms) -> None:
    """Refuse what the type does not have; raises `EndNotAllowed` and `RelationshipNotPossible`."""
    rule = RULES[type_]
    if to not in rule.to:
        mend = f"Send one of {', '.join(sorted(rule.to))} as its other end."
        raise EndNotAllowed(mend, fields=[FieldProblem("to", f"leads to a {to.value}", mend)])
    if rule.roles is not None and not rule.roles.issuperset(terms.roles):
        known = ", ".join(sorted(rule.roles))
        _refuse("roles", "are not of this type", f"Send {known or 'none'}.")
    if terms.until is not None and terms.since is not None and terms.until <= terms.since:
        _refuse("until", "is not after since", "Send a day after since, or leave it out.")
    if terms.site is not None and to is not EndKind.COMPANY:
        _refuse("site", "belongs to a company", "Leave it out.")
    is_advised = type_ is RelationshipType.ADVISED
    if is_advised and terms.brand is None:
        _refuse("brand", "is missing", "Name the brand for which the associate advises.")
    if not is_advised and (terms.brand, terms.store) != (None, None):
        _refuse("brand", "and store belong to a sales associate", "Leave them out.")


def check_texts(terms: Terms, associate: str | None = None, source: str | None = None) -> None:
    """Refuse what may not be kept; raises `NationalNumberTold`."""
    told = {"site": terms.site, "brand": terms.brand, "store": terms.store, "source": source}
    roles = {f"roles.{place}": role for place, role in enumerate(terms.roles)}
    refuse_national_numbers({**told, **roles, "to.associate": associate})


def check_alone(new: Relationship, others: Sequence[Relationship], today: date) -> None:
    """Refuse a relationship that the other ones of its two ends make senseless.

    `others` are all of its type that either end has. Raises `SelfRelationship`,
    `RelationshipAlreadyTold`, `ReferredAlready`, `HouseholdHasHead` and `HouseholdFull`.
    """
    if new.to.customer_id == new.customer_id:
        mend = "Name two different customers."
        raise SelfRelationship(mend, fields=[FieldProblem("to", "is the same customer", mend)])
    present = [one for one in others if one.id != new.id and _still_holds(one, today)]
    if any(_ties_the_same(new, one) for one in present):
        message = "List the customer's relationships, and change that one."
        raise RelationshipAlreadyTold(message)
    at_the_end = [one for one in present if one.to.present == new.to.present]
    if new.type is RelationshipType.REFERRER and at_the_end:
        message = "End or delete the other referral first, if it was told by mistake."
        raise ReferredAlready(message)
    if new.type is RelationshipType.HOUSEHOLD_MEMBER:
        _check_household(new, at_the_end)


def advisors_now(relationships: Sequence[Relationship], today: date) -> set[UUID]:
    """Name the advice in force: of each customer, brand and store the one that began last.

    An earlier one ended when the later began; nothing is rewritten for that, so that a merge of
    two customers with an advisor each can be undone.
    """
    latest: dict[tuple[str, str | None, str | None], Relationship] = {}
    for one in sorted(relationships, key=_beginning):
        if one.holds_on(today):
            latest[one.customer_id, one.terms.brand, one.terms.store] = one
    return {one.id for one in latest.values()}


def _still_holds(one: Relationship, today: date) -> bool:
    return one.terms.until is None or today < one.terms.until


def _ties_the_same(new: Relationship, one: Relationship) -> bool:
    if new.type is RelationshipType.ADVISED:
        where = (new.terms.brand, new.terms.store, new.terms.since)
        if where != (one.terms.brand, one.terms.store, one.terms.since):
            return False
    there = one.customer_id == new.customer_id and one.to.present == new.to.present
    back = one.to.present == new.customer_id and one.customer_id == new.to.present
    return there or (RULES[new.type].symmetric and back)


def _check_household(new: Relationship, members: Sequence[Relationship]) -> None:
    if HEAD in new.terms.roles and any(HEAD in member.terms.roles for member in members):
        message = "Take the role from the present head first."
        raise HouseholdHasHead(message)
    if len(members) >= MEMBERS_PER_HOUSEHOLD:
        message = f"A household has at most {MEMBERS_PER_HOUSEHOLD} members."
        raise HouseholdFull(message)


def _beginning(one: Relationship) -> tuple[date, datetime, UUID]:
    return one.terms.since or one.created_at.date(), one.created_at, one.id


def _refuse(field: str, problem: str, mend: str) -> None:
    message = f"{field} {problem}. {mend}"
    raise RelationshipNotPossible(message, fields=[FieldProblem(field, problem, mend)])
