"""What this service's processes are told by their environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from chassis.settings import ProcessSettings, settings_config
from orders.domain.erasure import ACCOUNTING_YEARS
from orders.domain.lateness import WARN_AT

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Settings(ProcessSettings):
    """Read from `CARNET_ORDERS_…`.

    `claim_key` (32 bytes in base64url) encrypts customer claims that could not be resolved yet.
    `accounting_years` is how long, after the end of its year, an erased customer's order is kept
    as an accounting document; the receipt of the erasure says so.
    The worker resolves them through the gateway at `gateway_url` with `api_key`, a key that may
    write customers; without the two they wait.
    `webhook_secrets` is a JSON object: by source (`aftership`, `easypost`, `shopify`,
    `woocommerce`) the secret with which it signs what it sends.
    `late_warning_at` is from which probability of missing its promise on a parcel is at risk.
    """

    model_config = settings_config("CARNET_ORDERS_")

    claim_key: SecretStr
    accounting_years: Annotated[int, Field(ge=0, le=100)] = ACCOUNTING_YEARS
    gateway_url: str | None = None
    api_key: SecretStr | None = None
    webhook_secrets: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])
    late_warning_at: Annotated[float, Field(gt=0, lt=1)] = WARN_AT
