"""E-mail addresses: one form to show and write to, another to compare."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

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
    try:
        valid = validate_email(tidied, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        problem = "is not an e-mail address"
        raise Unusable(problem, "Send an address such as name@example.com.") from error
    compared = _compared(valid)
    if _is_nobodys(compared):
        problem = "is an address that belongs to no person"
        raise Unusable(problem, "Send the customer's own address, or leave it out.")
    return Email(valid.normalized, compared)


def _compared(valid: ValidatedEmail) -> str:
    domain = (valid.ascii_domain or valid.domain).lower()
    domain = _ONE_MAILBOX.get(domain, domain)
    local = unicodedata.normalize("NFC", valid.local_part.casefold())
    if domain in _PLUS_BEGINS_A_TAG:
        local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def _is_nobodys(compared: str) -> bool:
    local = compared.partition("@")[0]
    return "".join(filter(str.isalpha, local)) in _NOBODYS
