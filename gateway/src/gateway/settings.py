"""What the gateway is told by its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from chassis.settings import ServerSettings, settings_config

MIGRATIONS = Path(__file__).parents[2] / "migrations"


class Settings(ServerSettings):
    """The gateway's settings, from `CARNET_GATEWAY_…`."""

    model_config = settings_config("CARNET_GATEWAY_")

    principal_private_key: SecretStr
    customer_url: str
    orders_url: str
    complaints_url: str
    segmentation_url: str
    quota_requests: int = Field(default=20_000, ge=1)
    quota_window_seconds: int = Field(default=10, ge=1)
    public_quota_requests: int = Field(default=300, ge=1)
    webhook_quota_requests: int = Field(default=3_000, ge=1)
    open_requests: int = Field(default=2_000, ge=1)
    connections_per_part: int = Field(default=64, ge=1)
    open_streams: int = Field(default=500, ge=1)
    queue_seconds: float = Field(default=2.0, gt=0)
    answer_seconds: float = Field(default=15.0, gt=0)
    idle_seconds: float = Field(default=60.0, gt=0, lt=75)
    claim_seconds: float = Field(default=1.0, gt=0)
    view_seconds: float = Field(default=0.8, gt=0)
