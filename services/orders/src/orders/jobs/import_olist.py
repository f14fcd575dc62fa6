"""Sending Olist's orders through the gateway: each sale, its parcel, its end; events in batches."""

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

_EVENTS_AT_ONCE = 500
_DONE_BEFORE = frozenset(
    {
        "nothing-left-to-ship",
        "order-already-cancelled",
        "order-already-closed",
        "idempotency-key-reused",
    }
)
"""Refusals of a step that was taken by an earlier run, whose key is forgotten by now."""


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
        waiting: list[dict[str, Any]] = []
        for rows in orders:
            order = read_order(*rows)
            self._list(order.anomalies)
            waiting += self._send(gateway, order)
            if len(waiting) >= _EVENTS_AT_ONCE:
                self._record(gateway, waiting[:_EVENTS_AT_ONCE])
                del waiting[:_EVENTS_AT_ONCE]
            self._tell()
        if waiting:
            self._record(gateway, waiting)

    def _send(self, gateway: GatewayConnection, order: OlistOrder) -> tuple[dict[str, Any], ...]:
        """Send an order and what became of it; gives the events that its parcel waits for."""
        with self._lock:
            self.summary.read += 1
            self.summary.not_sent += order.body is None
        if order.body is None:
            return ()
        answer = gateway.post("/v1/orders", order.body)
        if not answer.is_good:
            self._refused(order, f"order {answer.status}: {answer.detail}")
            return ()
        receipt = answer.json()
        with self._lock:
            self.summary.stored += not answer.is_replayed
            self.summary.replayed += answer.is_replayed
            self.summary.totals.update(_amounts(order, receipt["total_minor"]))
        path = f"/v1/orders/{receipt['order_id']}"
        if order.cancel_reason is not None:
            self._step(gateway, order, f"{path}/cancel", {"reason": order.cancel_reason})
        if order.shipment is None:
            return ()
        is_shipped = self._step(gateway, order, f"{path}/shipments", order.shipment)
        return order.events if is_shipped else ()

    def _step(
        self, gateway: GatewayConnection, order: OlistOrder, path: str, told: dict[str, Any]
    ) -> bool:
        step = path.rpartition("/")[2]
        key = {"Idempotency-Key": f"olist-{order.order_id}-{step}"}
        answer = gateway.post(path, told, **key)
        is_done = answer.is_good or answer.problem in _DONE_BEFORE
        if not is_done:
            self._refused(order, f"{step} {answer.status}: {answer.detail}")
            return False
        with self._lock:
            self.summary.totals[step] += 1
        return True

    def _record(self, gateway: GatewayConnection, events: list[dict[str, Any]]) -> None:
        answer = gateway.post("/v1/tracking-events", events)
        results = answer.json() if answer.is_good else [{"outcome": "refused"}] * len(events)
        with self._lock:
            for event, result in zip(events, results, strict=True):
                if result["outcome"] == "refused":
                    detail = f"event {event['status']}: {result.get('problem') or answer.detail}"
                    self.summary.anomalies.append(
                        Anomaly(event["tracking_number"], Kind.REFUSED, detail)
                    )
                else:
                    self.summary.totals[event["status"]] += 1

    def _refused(self, order: OlistOrder, detail: str) -> None:
        self._list([Anomaly(order.order_id, Kind.REFUSED, detail)])

    def _list(self, anomalies: Iterator[Anomaly] | list[Anomaly] | tuple[Anomaly, ...]) -> None:
        with self._lock:
            self.summary.anomalies += anomalies


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
