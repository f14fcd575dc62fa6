"""What this service's processes are told by their environment."""

from __future__ import annotations

from pathlib import Path

from chassis.settings import ProcessSettings, settings_config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Settings(ProcessSettings):
    """Read from `CARNET_COMPLAINTS_…`."""

    model_config = settings_config("CARNET_COMPLAINTS_")
