"""E-mail addresses: one form to show and write to, another to compare."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from customer.domain.identifiers import Unusable

_ONE_MAILBOX = {"googlemail.com": "gmail.com"}
_DOTS_MEAN_NOTHING = frozenset({"gmail.com"})
_PLUS_BEGINS_A_TAG = frozenset(
    {
        "fastmail.com",
        "gmail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "me.com",
        "outlook.com",
        "pm.me",
        "proton.me",
        "protonmail.com",
    }
)
_PLAIN = re.compile(r"([\w+-]+(?:\.[\w+-]+)*)@([A-Za-z0-9.-]+)\Z", re.ASCII)
_LONGEST_LOCAL, _LONGEST = 64, 254
_ROLES = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)
_DOMAINS_CACHED = 16_384
_NOBODYS = frozenset(
    {
        "donotreply",
        "mailerdaemon",
        "noemail",
        "nomail",
        "none",
        "noreply",
        "null",
        "postmaster",
        "unknown",
    }
)


@dataclass(frozen=True, slots=True)
class Email:
    """`shown` is the address to write to; `compared` joins spellings of one mailbox."""

    shown: str
    compared: str


def read_email(text: str) -> Email:
    """Read an address without asking the network; raises `Unusable`.

    Case and the providers' own rules (dots in Gmail, tags after a plus sign) count for the
    comparison only: the address is shown and stored as its owner writes it. Domains reserved for
    tests are taken: no customer lives there, so they can do no harm.
    """
    tidied = unicodedata.normalize("NFKC", text).strip()
    local, shown_domain, domain = _plain(tidied) or _any(tidied)
    compared = _compared(local, domain)
    if _is_nobodys(compared):
        problem = "is an address that belongs to no person"
        raise Unusable(problem, "Send the customer's own address, or leave it out.")
    return Email(f"{local}@{shown_domain}", compared)


def _plain(text: str) -> tuple[str, str, str] | None:
    """Read the common form fast, its domain validated once; None when it needs a closer look."""
    parts = _PLAIN.match(text)
    if parts is None or len(text) > _LONGEST:
        return None
    local, domain = parts.groups()
    if len(local) > _LONGEST_LOCAL or local.lower() in _ROLES or not _is_valid(domain.lower()):
        return None
    return local, domain.lower(), domain.lower()


@lru_cache(maxsize=_DOMAINS_CACHED)
def _is_valid(domain: str) -> bool:
    """Tell whether a domain is one, and is shown as it is written."""
    try:
        return _validated(f"somebody@{domain}").domain == domain
    except EmailNotValidError:
        return False


def _any(text: str) -> tuple[str, str, str]:
    try:
        valid = _validated(text)
    except EmailNotValidError as error:
        problem = "is not an e-mail address"
        raise Unusable(problem, "Send an address such as name@example.com.") from error
    local, _, shown_domain = valid.normalized.rpartition("@")
    return local, shown_domain, (valid.ascii_domain or valid.domain).lower()


def _validated(text: str) -> ValidatedEmail:
    return validate_email(text, check_deliverability=False, test_environment=True)


def _compared(local: str, domain: str) -> str:
    domain = _ONE_MAILBOX.get(domain, domain)
    local = unicodedata.normalize("NFC", local.casefold())
    if domain in _PLUS_BEGINS_A_TAG:
        local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def _is_nobodys(compared: str) -> bool:
    local = compared.partition("@")[0]
    return "".join(filter(str.isalpha, local)) in _NOBODYS
