"""The API process of segmentation."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.api import create_app
from chassis.database import Database
from chassis.server import run_api
from segmentation.api import customers, exports, segments, written_segments
from segmentation.settings import Settings


def build(settings: Settings) -> FastAPI:
    """Make the application."""
    return create_app(
        title="segmentation",
        settings=settings,
        database=Database.connect(settings.database_url.get_secret_value()),
        routers=[customers.router, segments.router, written_segments.router, exports.router],
    )


def run() -> None:
    """Serve the API until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    run_api("segmentation-api", settings, lambda: build(settings))


if __name__ == "__main__":
    run()
