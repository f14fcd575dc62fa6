"""Official ids: numbers that states give to people, kept as keyed hashes or not at all."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer.domain.national_numbers import names_national_number, national_number
from customer.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEY_BYTES = 32
_SHORTEST = 4
_ERASED_RECORD = b"erased-record"
_SUPPRESSED = b"suppressed"
_OTHER_NAMES = {
    "passport": "passport number,passport no,passeport,reisepass,pasaporte,passaporto,旅券番号",
    "driving licence": "drivers license,driver license,driving license,drivers licence,"
    "driver licence,permis de conduire,fuhrerschein,patente,運転免許証",
    "national id": "identity card,id card,national identity card,carte d identite,"
    "carte nationale d identite,cni,personalausweis,ausweis,dni,carta d identita",
    "residence permit": "residence card,titre de sejour,aufenthaltstitel,在留カード",
    "tax id": "tax number,tin,nif,codice fiscale,fiscal code",
    "social security number": "ssn,social security,soc sec id",
    "government id": "official id,id number",
}
_KINDS = {
    fold(name): kind for kind, names in _OTHER_NAMES.items() for name in (kind, *names.split(","))
}


@dataclass(frozen=True, slots=True)
class ToldId:
    """An official id as a source tells it; its value is seen by the sealer only."""

    kind: str
    country: str
    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class OfficialId:
    """An id that a state gave, known by its keyed hash alone.

    `hash` covers kind, country and value; `verified` tells that somebody saw the document.
    """

    kind: str
    country: str
    hash: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class WithheldId:
    """An official id that was told and not kept, not even as it came; and why."""

    problem: str
    mend: str


class Sealer:
    """Turns official ids into keyed hashes (HMAC-SHA-256), which nobody can guess without the key.

    Without a key a number of eight digits would be found by trying all. The same id gives the
    same hash for as long as the key stays: whoever changes the key forgets all ids.
    """

    def __init__(self, key: str) -> None:
        """Take a key of 32 bytes in base64url; raises `ValueError`."""
        try:
            raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        except binascii.Error:
            raw = b""
        if len(raw) != _KEY_BYTES:
            message = "The key of official ids must be 32 bytes in base64url."
            raise ValueError(message)
        self._key = raw

    def seal(self, told: ToldId) -> OfficialId | WithheldId:
        """Seal an id, or withhold what may not be kept or cannot be anybody's.

        Kinds and values are compared without case, spaces and punctuation.
        """
        kind = _kind(told.kind)
        value = _compact(told.value)
        forbidden = national_number(kind, told.country, value)
        if forbidden is not None:
            problem = f"is a national number ({forbidden}) that may not be kept, and was not"
            return WithheldId(problem, "Do not send it: the law reserves it to the state.")
        if len(value) < _SHORTEST or len(set(value)) == 1:
            problem = "is too short or a filler, and was not kept"
            return WithheldId(problem, "Send the number as it stands on the document.")
        message = f"{told.country}:{kind}:{value}".encode()
        digest = hmac.digest(self._key, message, "sha256").hex()
        return OfficialId(kind.replace(" ", "-"), told.country, digest, told.verified)

    def seal_record(self, source: str, external_id: str) -> bytes:
        """Hash a source's own id of a record, under which it is remembered when it was erased.

        Such ids may be e-mail addresses or card numbers. BLAKE2 keeps these hashes apart from
        official ids under the same key (RFC 7693, personalisation).
        """
        named = f"{source}\0{external_id}".encode()
        digest = hashlib.blake2b(named, key=self._key, digest_size=32, person=_ERASED_RECORD)
        return digest.digest()

    def seal_address(self, kind: str, compared: str) -> bytes:
        """Hash an address in its compared form, under which it stands on the suppression list."""
        named = f"{kind}\0{compared}".encode()
        digest = hashlib.blake2b(named, key=self._key, digest_size=32, person=_SUPPRESSED)
        return digest.digest()


def names_official_id(word: str) -> bool:
    """Tell whether a field's name promises an official id, which may not be kept as told."""
    return fold(word) in _KINDS or names_national_number(word)


def _kind(told: str) -> str:
    called = fold(told)
    return _KINDS.get(called, called)


def _compact(value: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", value).upper()))


def conflicting(left: Iterable[OfficialId], right: Iterable[OfficialId]) -> bool:
    """Tell whether two sides have verified ids of one kind and country, and none in common.

    Two people never share a passport number, and one person may have had several in time: only
    kinds of which both sides show verified ids and of these none is the same speak against.
    """
    mine, theirs = _by_kind(left), _by_kind(right)
    return any(mine[kind].isdisjoint(theirs[kind]) for kind in mine.keys() & theirs.keys())


def _by_kind(ids: Iterable[OfficialId]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for official_id in ids:
        if official_id.verified:
            found.setdefault((official_id.kind, official_id.country), set()).add(official_id.hash)
    return found
