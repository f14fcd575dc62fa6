"""Having the data quality report made, and waiting for it."""

from __future__ import annotations

import time
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from customer.jobs.gateway import GatewayRefused

if TYPE_CHECKING:
    from customer.jobs.gateway import Gateway

_PATH = "/v1/data-quality"
_LOOK_EVERY_SECONDS = 0.5
_PATIENCE_SECONDS = 1200.0


class ReportNotReady(Exception):
    """The worker has not made the report in twenty minutes; `args` says so."""


def ask_for_report(gateway: Gateway, *, make_new: bool) -> dict[str, Any]:
    """Give the last report, or a new one; raises `GatewayRefused` and `ReportNotReady`."""
    if not make_new:
        return gateway.ask("GET", _PATH)
    asked_at = datetime.fromisoformat(gateway.ask("POST", _PATH)["asked_at"])
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        report = _last(gateway)
        if report is not None and datetime.fromisoformat(report["made_at"]) >= asked_at:
            return report
        time.sleep(_LOOK_EVERY_SECONDS)
    message = "the customer worker makes no report; does it run?"
    raise ReportNotReady(message)


def _last(gateway: Gateway) -> dict[str, Any] | None:
    try:
        return gateway.ask("GET", _PATH)
    except GatewayRefused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return None
