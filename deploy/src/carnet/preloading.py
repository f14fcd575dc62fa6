"""Importing once what all processes need, so that forked children start at once and share it."""

import gc
import importlib
import threading
from collections.abc import Callable

from carnet.errors import CannotRun
from carnet.suite import SERVICES

# In small portions first, so that what is prepared meanwhile goes on.
_EARLY = ("fastapi", "uvicorn", "chassis.api", "chassis.server", "chassis.consuming")
# What libraries import only when they are first used, and every process uses.
_LATE = (
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)


def preload(bus: str, *, between: Callable[[], object]) -> None:
    """Import every part's processes; raises `CannotRun` when the installation is not whole.

    `between` is called before each import: what it raises ends the importing.
    """
    modules = [
        *_EARLY,
        *(f"{service}.{process}" for service in SERVICES for process in ("main", "worker")),
        "gateway.main",
        "chassis.bus.kafka" if bus.startswith("kafka") else "chassis.bus.postgres",
        *_LATE,
    ]
    gc.disable()
    try:
        for module in modules:
            between()
            importlib.import_module(module)
    except ImportError as error:
        raise CannotRun(
            f"Carnet is not installed completely: {error}", mend="Run `make setup`"
        ) from error
    finally:
        gc.freeze()  # children's collections leave these pages shared
        gc.enable()
    if threading.active_count() != 1:
        raise RuntimeError("A module starts a thread when it is imported; we could not fork.")
