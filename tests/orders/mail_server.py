"""A mail server in a process of its own: keeps each message as a file, refuses whom it is told.

`python mail_server.py FOLDER [OPTION …]` writes its port into the folder. Options: `utf8` takes
addresses in any script; `tls` and `starttls` encrypt with the folder's `server.pem`; `auth` wants
to know who sends; `one` takes one message over a connection.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

FOLDER = Path(sys.argv[1])
OPTIONS = frozenset(sys.argv[2:])
USER, PASSWORD = b"carnet", b"correct horse"


class Keeper:
    """`refused@…` is refused for good, `busy@…` for now, `spam@…` when its text is read.

    To `relay@…` nobody may send who has not said who it is. `grey@…` is taken the second time;
    with `cut@…` and `torn@…` the connection ends, before and while a message comes; `slow@…` is
    taken after as many seconds as the folder's file `slow` says.
    """

    def __init__(self) -> None:
        self.seen: set[str] = set()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "one" in OPTIONS and getattr(session, "has_sent", False):
            return "421 4.7.0 too many messages over this connection"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        name = address.partition("@")[0]
        if name == "refused":
            return f"550 5.1.1 <{address}> nobody here"
        if name == "busy":
            return f"451 4.3.0 <{address}> later"
        if name == "relay":
            return "554 5.7.1 relay access denied"
        if name == "grey" and address not in self.seen:
            self.seen.add(address)
            return f"451 4.7.1 <{address}> greylisted, come again"
        if name == "cut" and address not in self.seen:
            self.seen.add(address)
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        [address] = envelope.rcpt_tos
        if address.startswith("spam@"):
            return "554 5.7.1 refused"
        if address.startswith("torn@") and address not in self.seen:
            self.seen.add(address)
            server.transport.abort()
            return "451 torn"
        number = len(list(FOLDER.glob("*.eml")))  # noqa: ASYNC240 - the folder of a test
        (FOLDER / f"{number:05}.eml").write_bytes(envelope.content)
        session.has_sent = True
        if (FOLDER / "die-after-taking").exists():
            await asyncio.sleep(3600)  # it was taken, and nobody is told
        if address.startswith("slow@"):
            await asyncio.sleep(float((FOLDER / "slow").read_text()))
        return "250 taken"


def authenticate(
    _server: Any, _session: Any, _envelope: Any, _mechanism: str, told: Any
) -> AuthResult:
    """Let in who knows the password."""
    is_right = (told.login, told.password) == (USER, PASSWORD)
    return AuthResult(success=is_right, handled=False)


def encryption() -> ssl.SSLContext | None:
    """Give what the server proves itself with, if it encrypts."""
    if not OPTIONS & {"tls", "starttls"}:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "server.pem")
    return context


async def main() -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    context, keeper = encryption(), Keeper()

    def speak() -> SMTP:
        return SMTP(
            keeper,
            enable_SMTPUTF8="utf8" in OPTIONS,
            hostname="localhost",
            tls_context=context if "starttls" in OPTIONS else None,
            require_starttls="starttls" in OPTIONS,
            auth_required="auth" in OPTIONS,
            auth_require_tls="starttls" in OPTIONS,
            authenticator=authenticate if "auth" in OPTIONS else None,
        )

    server = await loop.create_server(
        speak, "127.0.0.1", 0, ssl=context if "tls" in OPTIONS else None
    )
    port = server.sockets[0].getsockname()[1]
    (FOLDER / "port.json").write_text(json.dumps(port))
    await server.serve_forever()


asyncio.run(main())
