"""A mail server in a process of its own: keeps each message as a file, refuses whom it is told."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

FOLDER = Path(sys.argv[1])


class Keeper:
    """`refused@…` is refused for good, `busy@…` for now, `spam@…` when its text is read.

    To `relay@…` nobody may send who has not said who it is.
    """

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("refused@"):
            return f"550 5.1.1 <{address}> nobody here"
        if address.startswith("busy@"):
            return f"451 4.3.0 <{address}> later"
        if address.startswith("relay@"):
            return "554 5.7.1 relay access denied"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if envelope.rcpt_tos[0].startswith("spam@"):
            return "554 5.7.1 refused"
        number = len(list(FOLDER.glob("*.eml")))  # noqa: ASYNC240 - the folder of a test
        (FOLDER / f"{number:05}.eml").write_bytes(envelope.content)
        if (FOLDER / "die-after-taking").exists():
            await asyncio.sleep(3600)  # it was taken, and nobody is told
        return "250 taken"


async def main() -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Keeper(), enable_SMTPUTF8="utf8" in sys.argv), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    (FOLDER / "port.json").write_text(json.dumps(port))
    await server.serve_forever()


asyncio.run(main())
