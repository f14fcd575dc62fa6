"""The event bus behind one small interface, chosen by URL: Kafka, or a log in PostgreSQL."""

from chassis.bus.connecting import connect_bus
from chassis.bus.interface import (
    DEAD_LETTER_SUFFIX,
    MAX_MESSAGE_BYTES,
    Bus,
    Message,
    MessageRefused,
    Subscription,
)

__all__ = [
    "DEAD_LETTER_SUFFIX",
    "MAX_MESSAGE_BYTES",
    "Bus",
    "Message",
    "MessageRefused",
    "Subscription",
    "connect_bus",
]
