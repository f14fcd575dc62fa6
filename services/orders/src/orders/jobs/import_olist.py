"""Sending Olist's orders through the gateway: each sale and its end; parcels, events in batches."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from orders.adapters.olist.anomalies import Anomaly, Kind
from orders.adapters.olist.orders import CURRENCY, read_order
from orders.jobs.connections import share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orders.adapters.olist.files import OlistFiles, OrderRows
    from orders.adapters.olist.orders import OlistOrder
    from orders.jobs.gateway_connection import GatewayConnection

_AT_ONCE = 200
_REFUSED = "refused"
_CANCELLED_BEFORE = "order-already-cancelled"


@dataclass(slots=True)
class _Waiting:
    """What one connection has still to send of orders that are placed, in its sequence."""

    orders: list[OlistOrder] = field(default_factory=list["OlistOrder"])
    shipments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass(slots=True)
class OlistSummary:
    """What became of the files; `totals` are the same however often they are sent."""

    read: int = 0
    stored: int = 0
    replayed: int = 0
    not_sent: int = 0
    totals: Counter[str] = field(default_factory=Counter[str])
    anomalies: list[Anomaly] = field(default_factory=list[Anomaly])
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Give plain values, anomalies by order and kind."""
        listed = sorted(self.anomalies, key=attrgetter("order_id", "kind", "detail"))
        return {
            "read": self.read,
            "stored": self.stored,
            "replayed": self.replayed,
            "not_sent": self.not_sent,
            "currency": CURRENCY,
            "totals": dict(sorted(self.totals.items())),
            "anomalies_by_kind": dict(sorted(Counter(one.kind.value for one in listed).items())),
            "anomalies": [asdict(one) for one in listed],
            "seconds": round(self.seconds, 3),
        }


class OlistSender:
    """Sends orders on several connections, and sums up what became of them."""

    def __init__(self, url: str, key: str, *, connections: int, tell: Callable[[], None]) -> None:
        """`tell` is called after each order."""
        self._url, self._key = url, key
        self._connections = connections
        self._tell = tell
        self._lock = threading.Lock()
        self.summary = OlistSummary()

    def send(self, files: OlistFiles, orders: Iterator[tuple[str, OrderRows]]) -> OlistSummary:
        """Send them all; raises `GatewayOutOfReach`, `KeyRefused`."""
        for name, order_ids in files.strays.items():
            self._list(Anomaly(order_id, Kind.ROW_OF_NO_ORDER, name) for order_id in order_ids)
        self.summary.seconds = share_out(
            orders, self._work, url=self._url, key=self._key, connections=self._connections
        )
        return self.summary

    def _work(self, gateway: GatewayConnection, orders: Iterator[tuple[str, OrderRows]]) -> None:
        waiting = _Waiting()
        for rows in orders:
            order = read_order(*rows)
            self._list(order.anomalies)
            order_id = self._send(gateway, order)
            if order_id is not None and order.shipment is not None:
                waiting.orders.append(order)
                waiting.shipments.append({"order_id": order_id, **order.shipment})
            if len(waiting.orders) >= _AT_ONCE:
                self._ship(gateway, waiting)
                waiting = _Waiting()
            self._tell()
        if waiting.orders:
            self._ship(gateway, waiting)

    def _send(self, gateway: GatewayConnection, order: OlistOrder) -> str | None:
        """Send an order, and its cancellation; gives its id where it was taken."""
        with self._lock:
            self.summary.read += 1
            self.summary.not_sent += order.body is None
        if order.body is None:
            return None
        answer = gateway.post("/v1/orders", order.body)
        if not answer.is_good:
            self._refused(order.order_id, f"order {answer.status}: {answer.detail}")
            return None
        receipt = answer.json()
        with self._lock:
            self.summary.stored += not answer.is_replayed
            self.summary.replayed += answer.is_replayed
            self.summary.totals.update(_amounts(order, receipt["total_minor"]))
        order_id: str = receipt["order_id"]
        if order.cancel_reason is not None:
            self._cancel(gateway, order, order_id)
        return order_id

    def _cancel(self, gateway: GatewayConnection, order: OlistOrder, order_id: str) -> None:
        told = {"reason": order.cancel_reason}
        answer = gateway.post(f"/v1/orders/{order_id}/cancel", told)
        if not answer.is_good and answer.problem != _CANCELLED_BEFORE:
            self._refused(order.order_id, f"cancel {answer.status}: {answer.detail}")
            return
        with self._lock:
            self.summary.totals["cancel"] += 1

    def _ship(self, gateway: GatewayConnection, waiting: _Waiting) -> None:
        """Send parcels, then what was said of those that were taken."""
        results = _results(gateway, "/v1/shipments", waiting.shipments)
        events: list[dict[str, Any]] = []
        for order, result in zip(waiting.orders, results, strict=True):
            if result["outcome"] == _REFUSED:
                self._refused(order.order_id, f"shipment: {result['problem']}")
                continue
            events += order.events
            with self._lock:
                self.summary.totals["shipments"] += 1
        for start in range(0, len(events), _AT_ONCE):
            self._record(gateway, events[start : start + _AT_ONCE])

    def _record(self, gateway: GatewayConnection, events: list[dict[str, Any]]) -> None:
        for event, result in zip(
            events, _results(gateway, "/v1/tracking-events", events), strict=True
        ):
            if result["outcome"] == _REFUSED:
                detail = f"event {event['status']}: {result['problem']}"
                self._refused(event["tracking_number"], detail)
                continue
            with self._lock:
                self.summary.totals[event["status"]] += 1

    def _refused(self, order_id: str, detail: str) -> None:
        self._list([Anomaly(order_id, Kind.REFUSED, detail)])

    def _list(self, anomalies: Iterator[Anomaly] | list[Anomaly] | tuple[Anomaly, ...]) -> None:
        with self._lock:
            self.summary.anomalies += anomalies


def _results(
    gateway: GatewayConnection, path: str, told: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Send many; gives the result of each, all refused where the whole was."""
    answer = gateway.post(path, told)
    if answer.is_good:
        return answer.json()
    problem = f"{answer.status}: {answer.detail}"
    return [{"outcome": _REFUSED, "problem": problem}] * len(told)


def _amounts(order: OlistOrder, total_minor: int) -> dict[str, int]:
    """Give what an order adds to the totals."""
    body = order.body or {}
    paid = sum(payment["amount_minor"] for payment in body["payments"])
    return {
        "orders": 1,
        "lines": len(body["lines"]),
        "payments": len(body["payments"]),
        "shipping_minor": body["shipping_minor"],
        "total_minor": total_minor,
        "paid_minor": paid,
    }
