"""What this service's processes are told by their environment."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from chassis.iso import LanguageTag
from chassis.settings import ProcessSettings, settings_config
from orders.domain.erasure import ACCOUNTING_YEARS
from orders.domain.lateness import WARN_AT
from orders.domain.proposals import ON_TIME_BAR

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _sender(text: str) -> str:
    """Refuse at the start what no message could be sent from."""
    try:
        [(name, address)] = getaddresses([text])
        Address(name, addr_spec=address)
    except (ValueError, MessageError, AttributeError, IndexError) as error:
        message = "must be an address such as Maison <orders@house.example>"
        raise ValueError(message) from error
    return text


class Settings(ProcessSettings):
    """Read from `CARNET_ORDERS_…`.

    `claim_key` (32 bytes in base64url) encrypts customer claims that could not be resolved yet.
    `accounting_years` is how long, after the end of its year, an erased customer's order is kept
    as an accounting document; the receipt of the erasure says so.
    The worker resolves them through the gateway at `gateway_url` with `api_key`, a key that may
    write customers; without the two they wait.
    `webhook_secrets` is a JSON object: by source (`aftership`, `easypost`, `shopify`,
    `woocommerce`) the secret with which it signs what it sends.
    Messages to customers leave by the mail server at `smtp_host`; without it they wait. It is
    spoken to with `smtp_security` (`starttls`, `tls`, `none`), as `smtp_user` where it asks who
    sends. `mail_sender` is the address that they come from, as `Maison <orders@house.example>`;
    `default_language` the one of customers who told none; `public_url` where customers reach the
    gateway, for the pages of their parcels.
    `late_warning_at` is from which probability of missing its promise on a parcel is at risk.
    `on_time_bar` is which lower bound of kept promises is enough to propose a carrier by its cost.
    """

    model_config = settings_config("CARNET_ORDERS_")

    claim_key: SecretStr
    accounting_years: Annotated[int, Field(ge=0, le=100)] = ACCOUNTING_YEARS
    gateway_url: str | None = None
    api_key: SecretStr | None = None
    webhook_secrets: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_sender: Annotated[str, AfterValidator(_sender)] = "orders@localhost"
    default_language: LanguageTag = "en"
    public_url: str | None = None
    late_warning_at: Annotated[float, Field(gt=0, lt=1)] = WARN_AT
    on_time_bar: Annotated[float, Field(gt=0, lt=1)] = ON_TIME_BAR
