"""A customer's address as a mail server takes it."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

import idna

_PLAIN_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_LONGEST_LOCAL_PART = 64


class AddressUnusable(Exception):
    """No mail server can be asked to take mail for it."""


def mailbox_of(address: str) -> Address:
    """Read an address; raises `AddressUnusable`.

    Its domain may be in any script (IDNA 2008). Dots in a row, which RFC 5321 forbids and Japanese
    mobile networks have given out, are left to the server to judge.
    """
    local_part, _, domain = address.rpartition("@")
    if not local_part or len(local_part.encode()) > _LONGEST_LOCAL_PART:
        raise AddressUnusable
    if not _PLAIN_DOMAIN.fullmatch(domain):
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise AddressUnusable from error
    try:
        return Address(username=local_part, domain=domain)
    except (ValueError, MessageError, AttributeError, IndexError) as error:
        raise AddressUnusable from error
