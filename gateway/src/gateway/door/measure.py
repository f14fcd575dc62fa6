"""Counting and timing requests, cheaply: a label set is looked up once."""

from __future__ import annotations

from prometheus_client import Gauge, Histogram

from chassis.metrics import REQUEST_SECONDS

OPEN_REQUESTS = Gauge("carnet_gateway_open_requests", "Requests that wait for their answer")

_known: dict[tuple[str, str, int], Histogram] = {}


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Take note of one answered request; `route` is the part's name, never a path with ids."""
    labels = (method, route, status)
    child = _known.get(labels)
    if child is None:
        child = _known[labels] = REQUEST_SECONDS.labels(method, route, str(status))
    child.observe(seconds)
