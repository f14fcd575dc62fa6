"""What every process is told by its environment, read once at start."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def settings_config(prefix: str) -> SettingsConfigDict:
    """Name the prefix of a process's environment variables, such as `CARNET_ORDERS_`."""
    return SettingsConfigDict(env_prefix=prefix, frozen=True, extra="ignore")


class ServerSettings(BaseSettings):
    """What any process that listens needs: where, which database, how loud."""

    database_url: SecretStr
    host: str = "127.0.0.1"
    port: int
    log_level: str = "INFO"


class ProcessSettings(ServerSettings):
    """What a service's API and worker processes need; subclasses add the prefix and their own."""

    bus_url: SecretStr
    principal_public_key: str
    worker_port: int
