"""What this service's processes are told by their environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from chassis.settings import ProcessSettings, settings_config
from customer.domain.erasure import ErasureRules
from customer.domain.official_ids import Sealer

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Settings(ProcessSettings):
    """Read from `CARNET_CUSTOMER_…`.

    `official_id_key` (32 bytes in base64url) makes the hashes under which official ids are kept;
    with another key the same passport is another. Keys of erased records
    and suppressed addresses are hashed with it too.
    """

    model_config = settings_config("CARNET_CUSTOMER_")

    official_id_key: SecretStr
    erasure_late_hours: float = 24.0
    match_claim_minutes: float = 30.0
    data_quality_hours: float = 24.0


def erasure_rules(settings: Settings) -> ErasureRules:
    """Give the rules for erasures that the house set."""
    sealer = Sealer(settings.official_id_key.get_secret_value())
    return ErasureRules(sealer, timedelta(hours=settings.erasure_late_hours))
