"""A mail server in a process of its own, which notes what it took and keeps nothing else.

`python -m bench.mail_sink FILE` writes its port as the first line, then a line for each message,
written before the message is acknowledged: when, to whom, its Message-ID, a hash of its words.
"""

import asyncio
import hashlib
import re
import sys
import time
from typing import Any, TextIO

from aiosmtpd.smtp import SMTP

_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)
_PARTS = re.compile(rb"={5,}[0-9=]+")


class Sink:
    """Takes all that comes."""

    def __init__(self, notes: TextIO) -> None:
        """Note what comes in a file."""
        self._notes = notes

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        """Note a message, and say that it was taken."""
        head, _, words = envelope.content.partition(b"\r\n\r\n")
        found = _ID.search(head)
        message_id = "none" if found is None else found[1].decode()
        digest = hashlib.sha256(_PARTS.sub(b"", words)).hexdigest()[:16]
        print(time.time(), envelope.rcpt_tos[0], message_id, digest, file=self._notes, flush=True)
        return "250 taken"


async def main(path: str) -> None:
    """Serve until killed."""
    with open(path, "w", encoding="utf-8") as notes:  # noqa: ASYNC230, PTH123 - one short line each
        sink = Sink(notes)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(sink), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], file=notes, flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
