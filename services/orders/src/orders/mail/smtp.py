"""A mail server, spoken to by SMTP (RFC 5321) over one kept connection."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from chassis.logs import get_logger
from orders.mail.addresses import AddressUnusable, mailbox_of
from orders.use_cases.send_messages import SENDING_SECONDS, Delivered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from orders.domain.messages import Written

_TIMEOUT_SECONDS = 30.0
_TAKING_SECONDS = 600.0
"""RFC 5321 §4.5.3.2.6: who hangs up on a server that is about to take a message sends it twice."""

_FINAL = range(500, 600)
_SUBMISSION_REFUSED = 530
_POLICY = re.compile(r"5\.7\.")

log = get_logger()


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
                return await self._bring(mail)
        except asyncio.CancelledError:
            await self.close()  # nobody knows what it would answer next
            raise
        except (SMTPException, OSError, ValueError) as error:
            await self.close()
            away = _unusable(error)
            log.warning("mail_server.away", cause=away.problem)
            return away

    async def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _bring(self, mail: EmailMessage) -> Delivered:
        kept = await self._kept()
        if kept is not None:
            try:
                return await _send(kept, mail)
            except SMTPSenderRefused:  # some take so many messages over one connection
                await self.close()
        return await _send(await self._connected(), mail)

    async def _kept(self) -> SMTP | None:
        """Give the connection of the message before, if the server still holds it."""
        client = self._client
        if client is None:
            return None
        try:
            await client.rset()
        except (SMTPException, OSError):
            await self.close()
            return None
        return client

    async def _connected(self) -> SMTP:
        server = self._server
        self._client = client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=_TIMEOUT_SECONDS,
            use_tls=server.security == "tls",
            start_tls=False,
        )
        await client.connect()
        if server.security == "starttls":
            await _encrypt(client)
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


class NoEncryption(SMTPException):
    """A server that is to be spoken to under STARTTLS does not offer it, or somebody hides it."""


async def _encrypt(client: SMTP) -> None:
    await client.ehlo()
    if not client.supports_extension("starttls"):
        message = "no STARTTLS"
        raise NoEncryption(message)
    await client.starttls()


async def _send(client: SMTP, mail: EmailMessage) -> Delivered:
    try:
        await client.send_message(mail, timeout=_TAKING_SECONDS)
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


def _unusable(error: Exception) -> Delivered:
    """Name why no message can be brought to the server, for whoever has to mend it."""
    code = error.code if isinstance(error, SMTPResponseException) else None
    if isinstance(error, SMTPAuthenticationError):
        what = "the server refuses the user or the password"
    elif isinstance(error, NoEncryption):
        what = "the server offers no STARTTLS"
    elif isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        what = "no trusted connection: see the server's certificate and the port"
    elif isinstance(error, TimeoutError):
        what = "the server does not answer in time"
    else:
        what = "the server could not be used"
    return _problem(what, code, is_away=True)


def _problem(
    what: str, code: int | None, *, is_final: bool = False, is_away: bool = False
) -> Delivered:
    """Name what happened without the server's words, which may hold an address."""
    said = what if code is None else f"{what} ({code})"
    return Delivered(said, is_final=is_final, is_away=is_away)
