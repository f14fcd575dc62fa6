"""From a URL to a bus."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from chassis.bus.interface import Bus

DEFAULT_PARTITIONS = 12
LONGEST_INSTANCE = 200  # of Kafka's 249; the subscription adds to it


def connect_bus(
    url: str, *, instance: str | None = None, partitions: int = DEFAULT_PARTITIONS
) -> Bus:
    """Give the bus that `kafka://host:port` or `postgresql://…` names; it connects when used.

    `instance` names this process on its host and must be the same after a restart: Kafka then gives
    it its partitions back at once instead of after a rebalance. It defaults to the program's name;
    two workers of one service on one host need one each. `partitions` is how many a topic made by
    `ensure_topics` gets, on Kafka only. Raises ValueError for a URL that names no bus.
    """
    scheme = urlsplit(url).scheme
    if scheme == "kafka":
        from chassis.bus.kafka import KafkaBus  # noqa: PLC0415 - half a second, only where needed
        from chassis.bus.kafka_address import KafkaAddress  # noqa: PLC0415 - as above

        return KafkaBus(
            KafkaAddress.parse(url), instance=_on_this_host(instance), partitions=partitions
        )
    if scheme in {"postgresql", "postgres"}:
        from chassis.bus.postgres import PostgresBus  # noqa: PLC0415 - as above

        return PostgresBus(url)
    raise ValueError(f"no bus is reached by {scheme!r}: use kafka://… or postgresql://…")


def _on_this_host(instance: str | None) -> str:
    name = f"{socket.gethostname()}-{instance or Path(sys.argv[0]).stem}"
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)[:LONGEST_INSTANCE]
