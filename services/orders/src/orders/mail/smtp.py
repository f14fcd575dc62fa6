"""A mail server, spoken to by SMTP (RFC 5321) over one kept connection."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from orders.mail.addresses import AddressUnusable, mailbox_of
from orders.use_cases.send_messages import SENDING_SECONDS, Delivered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from orders.domain.messages import Written

_TIMEOUT_SECONDS = 30.0
_FINAL = range(500, 600)
_SUBMISSION_REFUSED = 530
_POLICY = re.compile(r"5\.7\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where a mail server is, how it is spoken to, and who sends.

    `security` is `starttls`, `tls` or `none`; `sender` is as RFC 5322 writes it, with a name or
    without one.
    """

    host: str
    port: int
    security: str
    user: str | None
    password: str | None
    sender: str


class Smtp:
    """Sends messages; a recipient that is refused for good is told apart from all else."""

    def __init__(self, server: MailServer, clock: Callable[[], datetime]) -> None:
        """Take the server; the connection is made with the first message."""
        name, sender = parseaddr(server.sender)
        self._sender = Address(name, addr_spec=sender)
        self._server = server
        self._clock = clock
        self._client: SMTP | None = None

    async def send(self, message_id: UUID, recipient: str, written: Written) -> Delivered:
        """Bring one message; the connection is kept for the next one."""
        try:
            mail = self._mail(message_id, recipient, written)
        except AddressUnusable:
            return Delivered("the address cannot be written to", is_final=True)
        try:
            async with asyncio.timeout(SENDING_SECONDS):
                client = await self._connected()
                return await _send(client, mail)
        except (SMTPException, OSError, ValueError) as error:
            await self.close()
            code = error.code if isinstance(error, SMTPResponseException) else None
            return _problem("the server could not be used", code, is_away=True)

    async def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _connected(self) -> SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        server = self._server
        self._client = client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=_TIMEOUT_SECONDS,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
        )
        await client.connect()
        if server.user is not None:
            await client.login(server.user, server.password or "")
        return client

    def _mail(self, message_id: UUID, recipient: str, written: Written) -> EmailMessage:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{message_id}@{self._sender.domain}>"
        mail["Date"] = format_datetime(self._clock())
        mail["From"] = self._sender
        mail["To"] = mailbox_of(recipient)
        mail["Subject"] = written.subject
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(written.text)
        mail.add_alternative(written.html, subtype="html")
        mail["Content-Language"] = written.language  # one set before would be the first part's
        return mail


async def _send(client: SMTP, mail: EmailMessage) -> Delivered:
    try:
        await client.send_message(mail)
    except SMTPRecipientsRefused as refused:
        one = refused.recipients[0]
        return _problem("the recipient was refused", one.code, is_final=_is_for_good(one))
    except SMTPDataError as refused:
        is_final = refused.code in _FINAL
        return _problem("the message was refused", refused.code, is_final=is_final)
    except SMTPNotSupported:
        return Delivered("the server takes no address in such letters", is_final=True)
    return Delivered()


def _is_for_good(refused: SMTPResponseException) -> bool:
    """Tell a recipient nobody can write to from a server that does not let us send.

    Those are named by 530 and by the enhanced codes 5.7 (RFC 4954, RFC 3463): somebody mends them.
    """
    if refused.code not in _FINAL or refused.code == _SUBMISSION_REFUSED:
        return False
    return _POLICY.match(refused.message) is None


def _problem(
    what: str, code: int | None, *, is_final: bool = False, is_away: bool = False
) -> Delivered:
    """Name what happened without the server's words, which may hold an address."""
    said = what if code is None else f"{what} ({code})"
    return Delivered(said, is_final=is_final, is_away=is_away)
