"""The API process of the customer service."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from chassis.api import create_app
from chassis.batching import Batcher
from chassis.database import Database
from chassis.errors import Refusal
from chassis.server import run_api
from customer.api import (
    appointments,
    attribute_definitions,
    attribute_locks,
    attributes,
    batch_lines,
    batches,
    blocked_identifiers,
    customer_search,
    customers,
    data_quality,
    erasure_ledger,
    erasures,
    explanations,
    exports,
    id_map,
    identity_models,
    interactions,
    match_candidates,
    notes,
    parties,
    privacy,
    purviews,
    recognition,
    referrals,
    relationships,
    source_records,
    stewardship,
    survivorship_rules,
)
from customer.api.erasing import answer_gone
from customer.domain.claims import Claim
from customer.domain.intake import Answer
from customer.domain.official_ids import Sealer
from customer.jobs.write_reads import keep_writing_reads
from customer.settings import Settings, erasure_rules
from customer.use_cases.follow_model import RecogniserInForce
from customer.use_cases.note_reads import ReadLog
from customer.use_cases.put_source_records import put_source_records
from customer.use_cases.reading_policies import PoliciesInForce

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from fastapi import FastAPI


def build(settings: Settings) -> FastAPI:
    """Make the application: its routes, its database, the batcher of single records."""
    database = Database.connect(settings.database_url.get_secret_value())
    recogniser = RecogniserInForce(database)
    reads = ReadLog(database)

    async def put_together(claims: Sequence[Claim]) -> list[Answer | Refusal]:
        return await put_source_records(database, claims, recogniser=recogniser.current)

    intake = Batcher[Claim, Answer | Refusal](put_together)

    @asynccontextmanager
    async def taking_records(_app: FastAPI) -> AsyncGenerator[None]:
        stop = asyncio.Event()
        await recogniser.look()  # before any record: a small base's thresholds join too easily
        following = asyncio.create_task(recogniser.follow(stop))
        noting = asyncio.create_task(keep_writing_reads(reads, stop))
        await intake.start()
        yield
        await intake.stop()
        stop.set()
        await asyncio.gather(following, noting)

    app = create_app(
        title="customer",
        settings=settings,
        database=database,
        routers=[
            batch_lines.router,
            batches.router,
            blocked_identifiers.router,
            customer_search.router,
            customers.router,
            data_quality.router,
            erasure_ledger.router,
            erasures.router,
            explanations.router,
            exports.router,
            id_map.router,
            identity_models.router,
            recognition.router,
            match_candidates.router,
            purviews.router,
            source_records.router,
            stewardship.router,
            survivorship_rules.router,
            attribute_definitions.router,
            attribute_locks.router,
            attributes.router,
            interactions.router,
            notes.router,
            appointments.router,
            parties.router,
            referrals.router,
            relationships.router,
            *privacy.ROUTERS,
        ],
        media_types=batch_lines.MEDIA_TYPES,
        lifespan=taking_records,
    )
    app.state.intake = intake
    app.state.sealer = Sealer(settings.official_id_key.get_secret_value())
    app.state.recogniser = recogniser
    app.state.reads = reads
    app.state.policies = PoliciesInForce(database)
    answer_gone(app, erasure_rules(settings))
    app.state.match_claims_last = timedelta(minutes=settings.match_claim_minutes)
    return app


def run() -> None:
    """Serve the API until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    run_api("customer-api", settings, lambda: build(settings))


if __name__ == "__main__":
    run()
