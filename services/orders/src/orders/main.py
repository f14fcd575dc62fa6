"""The API process of the orders service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from chassis.api import create_app
from chassis.batching import Batcher
from chassis.database import Database
from chassis.server import run_api
from orders.api import (
    customers,
    exports,
    orders,
    parcels,
    payments,
    placing,
    returns,
    reviews,
    tracking,
)
from orders.domain.placing import NewOrder
from orders.settings import Settings
from orders.store.claims import ClaimCipher
from orders.use_cases.place_orders import Outcome, place_orders

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import FastAPI


def build(settings: Settings) -> FastAPI:
    """Make the application: its routes, its database, the batcher of new orders."""
    database = Database.connect(settings.database_url.get_secret_value())
    cipher = ClaimCipher(settings.claim_key.get_secret_value())
    intake = Batcher[NewOrder, Outcome](partial(place_orders, database, cipher))

    @asynccontextmanager
    async def taking_orders(_app: FastAPI) -> AsyncGenerator[None]:
        await intake.start()
        yield
        await intake.stop()

    app = create_app(
        title="orders",
        settings=settings,
        database=database,
        routers=[
            placing.router,
            reviews.router,
            orders.router,
            payments.router,
            parcels.router,
            returns.router,
            customers.router,
            tracking.router,
            exports.router,
        ],
        hot_routes=placing.HOT_ROUTES,
        lifespan=taking_orders,
    )
    app.state.intake = intake
    app.state.cipher = cipher
    return app


def run() -> None:
    """Serve the API until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    run_api("orders-api", settings, lambda: build(settings))


if __name__ == "__main__":
    run()
