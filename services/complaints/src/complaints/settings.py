"""What this service's processes are told by their environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from chassis.settings import ProcessSettings, settings_config
from complaints.domain.incidents import DEFAULT_TIMES

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"

Times = Annotated[int, Field(ge=1, le=100)]


class Settings(ProcessSettings):
    """Read from `CARNET_COMPLAINTS_…`.

    `incidents` is a JSON object: by a parcel's incident reason, at which time that it happens to
    one parcel it opens a complaint; what is not named opens none.
    """

    model_config = settings_config("CARNET_COMPLAINTS_")

    incidents: dict[str, Times] = Field(default_factory=lambda: dict(DEFAULT_TIMES))
