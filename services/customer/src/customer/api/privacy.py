"""The routes about consent, communication, reading policy, audit and retention, together."""

from __future__ import annotations

from customer.api import (
    communication_checks,
    consent_texts,
    consents,
    customer_reads,
    reading_policies,
    retention_rules,
)

ROUTERS = (
    consents.router,
    consent_texts.router,
    communication_checks.router,
    reading_policies.router,
    customer_reads.router,
    retention_rules.router,
)
