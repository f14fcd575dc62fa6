"""What every process counts, in Prometheus' form and OpenTelemetry's names."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUEST_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "Time from the request's first byte to the answer's last",
    ("http_request_method", "http_route", "http_response_status_code"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RELAYED = Counter("carnet_events_relayed_total", "Facts published from the outbox")
CONSUMED = Counter("carnet_events_consumed_total", "Facts applied", ("consumer", "type"))
REPEATED = Counter("carnet_events_repeated_total", "Facts that were applied before", ("consumer",))
PARKED = Counter(
    "carnet_events_parked_total", "Facts that could not be applied", ("consumer", "topic")
)
JOB_FAILURES = Counter(
    "carnet_job_failures_total", "Steps of a worker's jobs that failed unforeseen", ("job",)
)
