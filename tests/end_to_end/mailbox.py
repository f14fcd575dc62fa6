"""The mail server to which the suite's messages go, and what of them arrived."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.orders.certificates import certify
from tests.orders.test_messages import serving

SENDER = "Maison Éclat <orders@house.example>"
PASSWORD = "correct horse"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mail server that speaks STARTTLS and asks who sends; its folder keeps what it took."""

    folder: Path
    authority: Path

    def settings(self, public_url: str) -> dict[str, str]:
        """Give what a suite's environment says of it."""
        told = {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": (self.folder / "port.json").read_text(),
            "SMTP_SECURITY": "starttls",
            "SMTP_USER": "carnet",
            "SMTP_PASSWORD": PASSWORD,
            "MAIL_SENDER": SENDER,
            "PUBLIC_URL": public_url,
        }
        named = {f"CARNET_ORDERS_{name}": value for name, value in told.items()}
        return os.environ | named | {"SSL_CERT_FILE": str(self.authority)}

    def all(self) -> list[EmailMessage]:
        """Give what came, the first one first."""
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def of(self, address: str) -> list[EmailMessage]:
        """Give what came for somebody."""
        return [mail for mail in self.all() if mail["To"] == address]


@contextmanager
def open_mailbox(folder: Path) -> Generator[Mailbox]:
    """Run the mail server."""
    authority = certify(folder)
    with serving(folder, "starttls", "auth"):
        yield Mailbox(folder, authority)
