"""What segmentation's processes are told by their environment."""

from __future__ import annotations

from pathlib import Path

from chassis.iso import Currency
from chassis.settings import ProcessSettings, settings_config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
HOUSE_CURRENCY = "EUR"
"""What money is compared in where nothing else is said, if it can be."""


class Settings(ProcessSettings):
    """Read from `CARNET_SEGMENTATION_…`."""

    model_config = settings_config("CARNET_SEGMENTATION_")

    house_currency: Currency = HOUSE_CURRENCY
