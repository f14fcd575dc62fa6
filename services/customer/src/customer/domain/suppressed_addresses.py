"""The suppression list: addresses that nobody may write to, known by keyed hashes alone."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import FieldProblem, Invalid
from customer.domain.communication import AddressKind
from customer.domain.emails import read_email
from customer.domain.identifiers import Unusable
from customer.domain.phones import read_phone

EVERY_PURPOSE = "*"


class UnusableAddress(Invalid):
    """Nobody can be written to at this address."""

    slug = "unusable-address"
    title = "The address cannot be used"


def compared_address(kind: AddressKind, told: str) -> str:
    """Give an address in the form in which it is compared; raises `UnusableAddress`."""
    try:
        return _read(kind, told)
    except Unusable as unusable:
        field = FieldProblem("address", unusable.problem, unusable.mend)
        raise UnusableAddress(unusable.mend, fields=[field]) from unusable


def compared_addresses(kind: AddressKind, shown: Sequence[object]) -> list[str]:
    """Give addresses of a golden record as they are compared, without what is none."""
    compared: dict[str, None] = {}
    for one in shown:
        try:
            compared[_read(kind, str(one))] = None
        except Unusable:
            continue
    return list(compared)


def _read(kind: AddressKind, told: str) -> str:
    match kind:
        case AddressKind.EMAIL:
            return read_email(told).compared
        case AddressKind.PHONE:
            return read_phone(told, None)
