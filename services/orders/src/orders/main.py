"""The API process of the orders service."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from chassis.api import create_app
from chassis.batching import Batcher
from chassis.database import Database
from chassis.server import run_api
from orders.adapters.messages.composing import composer_of
from orders.api import (
    amending,
    carrier_answers,
    carrier_scorecards,
    claiming,
    customers,
    delivery_promises,
    delivery_slots,
    delivery_zones,
    exchanges,
    exports,
    fulfilling,
    messages,
    orders,
    parcels,
    payments,
    pieces,
    placing,
    platform_orders,
    returns,
    reviews,
    serial_numbers,
    shipments,
    tracking,
    tracking_events,
    unmapped_codes,
    warranty_terms,
    webhooks,
)
from orders.api.followers import Followers
from orders.domain.placing import NewOrder
from orders.domain.slots import NewHold
from orders.domain.telling import ToldEvent
from orders.settings import Settings
from orders.store.claims import ClaimCipher
from orders.use_cases.hold_slots import HoldOutcome, hold_slots
from orders.use_cases.keep_zones import ZoneMap
from orders.use_cases.place_orders import Outcome, place_orders
from orders.use_cases.record_tracking import Outcome as TrackingOutcome
from orders.use_cases.record_tracking import record_batches, record_tracking

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import FastAPI

_BATCHES_TOGETHER = 4
_BATCHES_WAITING = 100
_HOLDS_TOGETHER = 500
_HOLDS_WAITING = 5_000


def build(settings: Settings) -> FastAPI:
    """Make the application: its routes, its database, what gathers orders and tracking events."""
    database = Database.connect(settings.database_url.get_secret_value())
    cipher = ClaimCipher(settings.claim_key.get_secret_value())
    intake = Batcher[NewOrder, Outcome](partial(place_orders, database, cipher))

    singles = Batcher[ToldEvent, TrackingOutcome](partial(record_tracking, database))
    batches = Batcher[Sequence[ToldEvent], Sequence[TrackingOutcome]](
        partial(record_batches, database), limit=_BATCHES_TOGETHER, queue=_BATCHES_WAITING
    )
    followers = Followers(database)
    holds = Batcher[NewHold, HoldOutcome](
        partial(hold_slots, database), limit=_HOLDS_TOGETHER, queue=_HOLDS_WAITING
    )
    batchers = (intake, singles, batches, holds)

    @asynccontextmanager
    async def taking(_app: FastAPI) -> AsyncGenerator[None]:
        for batcher in batchers:
            await batcher.start()
        followers.start()
        yield
        await followers.stop()
        for batcher in batchers:
            await batcher.stop()

    app = create_app(
        title="orders",
        settings=settings,
        database=database,
        routers=[
            placing.router,
            reviews.router,
            orders.router,
            fulfilling.router,
            shipments.router,
            amending.router,
            exchanges.router,
            claiming.router,
            payments.router,
            parcels.router,
            returns.router,
            customers.router,
            pieces.router,
            serial_numbers.router,
            warranty_terms.router,
            delivery_zones.router,
            delivery_slots.router,
            delivery_promises.router,
            carrier_answers.router,
            carrier_scorecards.router,
            platform_orders.router,
            webhooks.router,
            tracking.router,
            tracking_events.router,
            unmapped_codes.router,
            messages.router,
            exports.router,
        ],
        media_types=carrier_answers.MEDIA_TYPES | webhooks.MEDIA_TYPES,
        hot_routes=(
            *placing.HOT_ROUTES,
            *tracking_events.HOT_ROUTES,
            *delivery_slots.HOT_ROUTES,
            *tracking.PAGE_ROUTES,
        ),
        lifespan=taking,
    )
    app.state.intake = intake
    app.state.holds = holds
    app.state.zones = ZoneMap(database)
    app.state.tracking_singles = singles
    app.state.tracking_batches = batches
    app.state.followers = followers
    app.state.cipher = cipher
    app.state.composer = composer_of(settings.public_url, settings.mail_sender)
    app.state.on_time_bar = settings.on_time_bar
    app.state.webhook_secrets = {
        source: secret.get_secret_value() for source, secret in settings.webhook_secrets.items()
    }
    return app


def run() -> None:
    """Serve the API until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    run_api("orders-api", settings, lambda: build(settings))


if __name__ == "__main__":
    run()
