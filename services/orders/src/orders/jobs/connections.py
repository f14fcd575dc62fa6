"""Several connections to the gateway that share one supply of work."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

from orders.jobs.gateway_connection import GatewayConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


def share_out(
    supply: Iterator[T],
    work: Callable[[GatewayConnection, Iterator[T]], None],
    *,
    url: str,
    key: str,
    connections: int,
) -> float:
    """Have each connection work on what it takes from the supply; gives the seconds it took.

    The first failure ends them all, and is raised once they have ended.
    """
    started = time.monotonic()
    lock = threading.Lock()
    failures: list[Exception] = []

    def taken() -> Iterator[T]:
        while True:
            with lock:
                if failures:
                    return
                try:
                    one = next(supply)
                except StopIteration:
                    return
            yield one

    def run() -> None:
        try:
            with GatewayConnection(url, key) as gateway:
                work(gateway, taken())
        except Exception as error:  # noqa: BLE001 - raised again below, after all have ended
            with lock:
                failures.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.monotonic() - started
