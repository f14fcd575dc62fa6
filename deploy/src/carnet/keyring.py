"""The suite's secrets on this machine: drawn once, kept in the data directory."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from carnet.data_directory import DataDirectory, write_private
from carnet.errors import CannotRun
from carnet.suite import DATABASES
from chassis.principal import new_key_pair
from gateway.keys import new_key_text

WORKER = "orders-worker"
WORKER_SCOPES = ("customers:write",)
"""The client that has claims resolved through the gateway, as any other client would."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The gateway's signature, the services' own keys, and the databases' passwords."""

    principal_private_key: str
    principal_public_key: str
    claim_key: str
    official_id_key: str
    worker_api_key: str
    passwords: Mapping[str, str] = field(default_factory=dict[str, str])


def open_keyring(directory: DataDirectory) -> Keyring:
    """The keyring of a data directory, made if that is new; raises `CannotRun`."""
    file = directory.keyring_file
    if file.exists():
        return _read(file)
    if directory.postgres.exists():
        raise CannotRun(
            f"{directory.root} holds data, but its keys in {file.name} are missing",
            mend=f"Restore {file}, or choose another --data-dir",
        )
    keyring = new_keyring()
    write_private(file, json.dumps(asdict(keyring), indent=2))
    return keyring


def new_keyring() -> Keyring:
    """Draw every secret that a suite needs."""
    private, public = new_key_pair()
    return Keyring(
        principal_private_key=private,
        principal_public_key=public,
        claim_key=_new_key(),
        official_id_key=_new_key(),
        worker_api_key=new_key_text(),
        passwords={name: secrets.token_urlsafe(32) for name in DATABASES},
    )


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _read(file: Path) -> Keyring:
    """Read the keys; a key that came into use since they were drawn is drawn now, and kept."""
    try:
        told: dict[str, Any] = json.loads(file.read_text())
        drawn_since: dict[str, Any] = {"official_id_key": _new_key()}
        keyring = Keyring(**(drawn_since | told))
    except (OSError, ValueError, TypeError) as error:
        raise CannotRun(
            f"The keys in {file} cannot be read",
            mend="Restore that file, or choose another --data-dir",
        ) from error
    if asdict(keyring) != told:
        write_private(file, json.dumps(asdict(keyring), indent=2))
    return keyring
