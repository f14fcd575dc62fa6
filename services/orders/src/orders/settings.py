"""What this service's processes are told by their environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from chassis.settings import ProcessSettings, settings_config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Settings(ProcessSettings):
    """Read from `CARNET_ORDERS_…`.

    `claim_key` (32 bytes in base64url) encrypts customer claims that could not be resolved yet.
    The worker resolves them through the gateway at `gateway_url` with `api_key`, a key that may
    write customers; without the two they wait.
    """

    model_config = settings_config("CARNET_ORDERS_")

    claim_key: SecretStr
    gateway_url: str | None = None
    api_key: SecretStr | None = None
