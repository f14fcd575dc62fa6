"""The worker process of orders: publishing, following customers, resolving claims, sweeping."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chassis.database import Database
from chassis.worker import Work, run_worker
from orders.adapters.messages.composing import composer_of
from orders.api.order_in import order_of
from orders.consumers import customers
from orders.domain.erasure import ACCOUNTING_YEARS
from orders.events import PUBLISHED
from orders.jobs.forget_let_go import keep_forgetting
from orders.jobs.forget_unclaimed import forget_old
from orders.jobs.keep_years import keep_years
from orders.jobs.measure_carriers import keep_measuring_carriers
from orders.jobs.read_carrier_answers import keep_reading_answers
from orders.jobs.read_platform_orders import PlatformReader, keep_reading_deliveries
from orders.jobs.resolve_claims import resolve_claims
from orders.jobs.sweep_holds import keep_sweeping_holds
from orders.jobs.watch_parcels import keep_learning_transits, keep_watching_parcels
from orders.mail.sending import keep_sending
from orders.mail.smtp import MailServer
from orders.settings import Settings
from orders.store.claims import ClaimCipher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.server import Task


def work_of(jobs: Sequence[Task] = (), *, accounting_years: int = ACCOUNTING_YEARS) -> Work:
    """Give what the worker does beside its jobs."""
    handlers = {"customers": customers.handlers(accounting_years)}
    return Work(service="orders", publishes=PUBLISHED, handlers=handlers, jobs=jobs)


def jobs_of(settings: Settings, database: Database) -> Sequence[Task]:
    """Give what runs beside publishing.

    Messages wait where no mail server is set, claims where no gateway and key are.
    """
    cipher = ClaimCipher(settings.claim_key.get_secret_value())
    platforms = PlatformReader(database, cipher, order_of)
    always: list[Task] = [
        partial(forget_old, database),
        partial(keep_reading_answers, database),
        partial(keep_reading_deliveries, platforms),
        partial(keep_measuring_carriers, database),
        partial(keep_sweeping_holds, database),
        partial(keep_forgetting, database),
        partial(keep_learning_transits, database),
        partial(keep_watching_parcels, database, settings.late_warning_at),
        partial(keep_years, database),
    ]
    if settings.smtp_host is not None:
        always.append(_sending(settings, database, settings.smtp_host))
    if settings.gateway_url is None or settings.api_key is None:
        return always
    api_key = settings.api_key.get_secret_value()
    resolving = partial(resolve_claims, database, cipher, settings.gateway_url, api_key)
    return [*always, resolving]


def _sending(settings: Settings, database: Database, host: str) -> Task:
    password = settings.smtp_password
    server = MailServer(
        host=host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=None if password is None else password.get_secret_value(),
        sender=settings.mail_sender,
    )
    composer = composer_of(settings.public_url, settings.mail_sender)
    return partial(keep_sending, database, composer, server, settings.default_language)


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    work = work_of(jobs_of(settings, database), accounting_years=settings.accounting_years)
    run_worker(work, settings, database)


if __name__ == "__main__":
    run()
