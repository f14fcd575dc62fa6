"""The gateway's process: the door, and behind it the application that composes."""

from __future__ import annotations

from dataclasses import replace

from starlette.types import ASGIApp

from chassis.database import Database
from chassis.principal import PrincipalSigner
from chassis.server import run_api
from gateway.api.app import create_inner_app
from gateway.domain.parts import Part
from gateway.domain.token_bucket import Quota
from gateway.door.entrance import Entrance, EntranceLimits
from gateway.door.key_ring import KeyRing
from gateway.door.listener import Listener
from gateway.door.purview_follower import PurviewFollower
from gateway.settings import Settings
from gateway.upstream.opener import CustomerOpener
from gateway.upstream.pool import Pool, PoolLimits
from gateway.use_cases.export_customer import CustomerExporter
from gateway.use_cases.resolve_claim import ClaimResolver
from gateway.use_cases.view_customer import CustomerViewer

_PUBLIC_WINDOW_SECONDS = 60


def build(settings: Settings) -> ASGIApp:
    """Join the parts of the gateway; nothing is opened before the application's life begins."""
    database = Database.connect(settings.database_url.get_secret_value(), pool_size=4)
    limits = PoolLimits(
        connections=settings.connections_per_part,
        queue_seconds=settings.queue_seconds,
        answer_seconds=settings.answer_seconds,
        idle_seconds=settings.idle_seconds,
    )
    pools = {
        Part.CUSTOMER: Pool(Part.CUSTOMER, settings.customer_url, limits),
        Part.ORDERS: Pool(Part.ORDERS, settings.orders_url, limits),
        Part.COMPLAINTS: Pool(Part.COMPLAINTS, settings.complaints_url, limits),
        Part.SEGMENTATION: Pool(Part.SEGMENTATION, settings.segmentation_url, limits),
    }
    streams = Pool(
        Part.ORDERS,
        settings.orders_url,
        replace(limits, connections=settings.open_streams, waiting=0),
    )
    quota = Quota(settings.quota_requests, settings.quota_window_seconds)
    signer = PrincipalSigner(settings.principal_private_key.get_secret_value())
    key_ring = KeyRing(database, quota)
    opener = CustomerOpener(
        pool=pools[Part.CUSTOMER], signer=signer, answer_seconds=settings.answer_seconds
    )
    inner = create_inner_app(
        database=database,
        key_ring=key_ring,
        follower=PurviewFollower(pool=pools[Part.CUSTOMER], signer=signer, database=database),
        pools=pools,
        streams=streams,
        viewer=CustomerViewer(
            pools=pools, signer=signer, opener=opener, deadline_seconds=settings.view_seconds
        ),
        exporter=CustomerExporter(pools=pools, signer=signer, idle_seconds=settings.answer_seconds),
    )
    return Entrance(
        inner=inner,
        pools=pools,
        streams=streams,
        key_ring=key_ring,
        signer=signer,
        claims=ClaimResolver(
            pool=pools[Part.CUSTOMER], signer=signer, quick_seconds=settings.claim_seconds
        ),
        opener=opener,
        limits=EntranceLimits(
            quota=quota,
            public_quota=Quota(settings.public_quota_requests, _PUBLIC_WINDOW_SECONDS),
            webhook_quota=Quota(settings.webhook_quota_requests, _PUBLIC_WINDOW_SECONDS),
            open_requests=settings.open_requests,
            answer_seconds=settings.answer_seconds,
        ),
    )


def run() -> None:
    """Serve until told to stop."""
    settings = Settings()  # pyright: ignore[reportCallIssue] - the environment gives the fields
    run_api("gateway", settings, lambda: build(settings), protocol=Listener)


if __name__ == "__main__":
    run()
