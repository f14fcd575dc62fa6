"""The HTTP interfaces: one OpenAPI document a part, and the suite's as the gateway serves it."""

import importlib
import os
from collections.abc import Generator
from contextlib import contextmanager

from fastapi import FastAPI

from carnet.contracts.events import JsonObject
from carnet.keyring import new_keyring
from carnet.suite import SERVICES, database_urls, processes
from gateway.api.app import ROUTERS as GATEWAY_ROUTERS
from gateway.domain.parts import Part
from gateway.openapi import merge


def documents() -> dict[str, JsonObject]:
    """Each part's document by its name, and the whole suite's as `suite`."""
    with _example_settings():
        parts = {service: _document(_application(service)) for service in SERVICES}
    gateway = FastAPI(title="gateway", version="1")
    for router in GATEWAY_ROUTERS:
        gateway.include_router(router)
    parts["gateway"] = _document(gateway)
    return {**parts, "suite": merge({Part(name): found for name, found in parts.items()})}


def _application(service: str) -> FastAPI:
    settings = importlib.import_module(f"{service}.settings").Settings
    application: FastAPI = importlib.import_module(f"{service}.main").build(
        settings.model_validate({})
    )
    return application


def _document(application: FastAPI) -> JsonObject:
    found = application.openapi()
    found["paths"] = dict(sorted(found.get("paths", {}).items()))
    return found


@contextmanager
def _example_settings() -> Generator[None]:
    """What applications read when they are made, during the block; nothing is connected to."""
    keyring = new_keyring()
    databases = database_urls("postgresql://localhost", keyring.passwords)
    before = dict(os.environ)
    for process in processes(
        databases=databases,
        bus=databases["bus"],
        secrets=keyring,
        gateway_port=8000,
        ports=range(8001, 8001 + 2 * len(SERVICES)),
    ):
        os.environ.update(process.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
