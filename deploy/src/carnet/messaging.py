"""The event bus at start: whether it answers, and whether it has the suite's topics."""

import asyncio
import importlib

import asyncpg

from carnet.databases import not_our_role
from carnet.errors import CannotRun
from carnet.suite import SERVICES
from chassis.bus import connect_bus
from chassis.errors import Unavailable


def topics() -> list[str]:
    """The topics that any service publishes to."""
    return sorted(
        {
            event.topic
            for service in SERVICES
            for event in importlib.import_module(f"{service}.events").PUBLISHED
        }
    )


def check_bus(url: str) -> None:
    """Raise `CannotRun` unless the bus answers."""
    asyncio.run(_with_bus(url, []))


def ensure_topics(url: str) -> None:
    """Make the topics that the bus has not yet; raises `CannotRun`."""
    asyncio.run(_with_bus(url, topics()))


async def _with_bus(url: str, names: list[str]) -> None:
    try:
        bus = connect_bus(url)
    except ValueError as error:
        raise CannotRun(
            f"No event bus is at {url!r}", mend="Write --bus kafka://host:port"
        ) from error
    try:
        await bus.check()
        if names:
            await bus.ensure_topics(names)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise not_our_role("bus", url) from error
    except Unavailable as error:
        raise CannotRun(
            f"The event bus is out of reach: {error}",
            mend="Start it, correct the address in --bus, or leave --bus out",
        ) from error
    finally:
        await bus.close()
