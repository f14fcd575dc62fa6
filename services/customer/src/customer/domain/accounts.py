"""Ids of accounts and devices: what finds a person because a system gave it to nobody else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from customer.domain.identifiers import Unusable

_SHORTEST = 2
_SHORTEST_DEVICE = 8
_WORDS_FOR_NOTHING = frozenset(
    {"anonymous", "default", "guest", "na", "nil", "none", "null", "test", "undefined", "unknown"}
)
_SYSTEM_AND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*:.+")


@dataclass(frozen=True, slots=True)
class GivenId:
    """`shown` is the id as its system writes it; `compared` tells systems apart too."""

    shown: str
    compared: str


def read_account(text: str, source: str) -> GivenId:
    """Read an account's id; raises `Unusable`.

    It is one of the source's own accounts, unless it names another system: `webshop:4711`. Case
    counts, for systems count it.
    """
    shown = _tidy(text)
    own_id = shown.partition(":")[2] if _SYSTEM_AND_ID.fullmatch(shown) else shown
    if _is_filler(own_id, _SHORTEST):
        problem = "is a filler and nobody's account"
        raise Unusable(problem, "Send the account's id as its system has it, or leave it out.")
    return GivenId(shown, shown if own_id != shown else f"{source}:{shown}")


def read_device(text: str) -> GivenId:
    """Read a device's id; raises `Unusable` for such as 00000000-0000-0000-0000-000000000000.

    Phones send zeros when their owner allows no tracking.
    """
    shown = _tidy(text)
    if _is_filler(shown, _SHORTEST_DEVICE):
        problem = "is no device's own id"
        raise Unusable(problem, "Send an id of this device alone, or leave it out.")
    return GivenId(shown, shown.casefold())


def _tidy(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _is_filler(text: str, shortest: int) -> bool:
    letters = "".join(filter(str.isalnum, text)).casefold()
    nothing = len(set(letters)) <= 1 and len(letters) != 1
    return nothing or len(text) < shortest or letters in _WORDS_FOR_NOTHING
