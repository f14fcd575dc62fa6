"""Structured logs: one JSON object a line, with the trace's id and never personal data."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, cast

import orjson
import structlog

from chassis.tracing import current_traceparent, trace_id

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger


_REPEATING = frozenset(
    {
        "JSONDecodeError",
        "KeyError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "ValidationError",
        "ValueError",
    }
)
"""Exceptions whose messages repeat what was told."""

_VALUES = re.compile(r"\n(?:DETAIL:|\[parameters: )")


def configure_logs(process: str, level: str) -> None:
    """Send structlog's and the libraries' lines as JSON to standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        without_values,
    ]
    renderer = structlog.processors.JSONRenderer(serializer=_dump)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


def get_logger() -> FilteringBoundLogger:
    """Give a logger whose events are named `noun.verb` and carry ids as fields."""
    return structlog.get_logger()


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out of exceptions what they repeat of the data that they failed on.

    Their types, their places and the database's own words are enough to find the fault.
    """
    _strip(event.get("exception"))
    return event


def _strip(stacks: object) -> None:
    if not isinstance(stacks, list):
        return
    for stack in cast("list[dict[str, Any]]", stacks):
        if stack.get("exc_type") in _REPEATING:
            stack["exc_value"] = ""
        elif isinstance(stack.get("exc_value"), str):
            stack["exc_value"] = _VALUES.split(stack["exc_value"], maxsplit=1)[0]
        for inner in stack.get("exceptions") or ():
            _strip(inner)


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    traceparent = current_traceparent()
    if traceparent is not None:
        event["trace_id"] = trace_id(traceparent)
    return event


def _dump(event: EventDict, **_options: object) -> str:
    return orjson.dumps(event, default=str).decode()
