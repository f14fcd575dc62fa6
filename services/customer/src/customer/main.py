"""The API process of the customer service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from chassis.api import create_app
from chassis.batching import Batcher
from chassis.database import Database
from chassis.errors import Refusal
from chassis.server import run_api
from customer.api import batches, customers, source_records
from customer.domain.claims import Claim
from customer.domain.intake import Answer
from customer.settings import Settings
from customer.use_cases.put_source_records import put_source_records

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import FastAPI


def build(settings: Settings) -> FastAPI:
    """Make the application: its routes, its database, the batcher of single records."""
    database = Database.connect(settings.database_url.get_secret_value())
    intake = Batcher[Claim, Answer | Refusal](partial(put_source_records, database))

    @asynccontextmanager
    async def taking_records(_app: FastAPI) -> AsyncGenerator[None]:
        await intake.start()
        yield
        await intake.stop()

    app = create_app(
        title="customer",
        settings=settings,
        database=database,
        routers=[batches.router, source_records.router, customers.router],
        lifespan=taking_records,
    )
    app.state.intake = intake
    return app


def run() -> None:
    """Serve the API until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    run_api("customer-api", settings, lambda: build(settings))


if __name__ == "__main__":
    run()
