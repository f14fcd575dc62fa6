"""The public page of a parcel as HTML: rendered here, readable without a script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from orders.api.tracking_words import LANGUAGES, Words
from orders.domain.tracking import INCIDENTS, PUBLIC_PLACES, Tracking

if TYPE_CHECKING:
    from orders.domain.live import Live
    from orders.domain.tracking import TrackingEvent

_STEPS = {
    Tracking.UNKNOWN: 0,
    Tracking.PRE_TRANSIT: 0,
    Tracking.PICKED_UP: 1,
    Tracking.IN_TRANSIT: 1,
    Tracking.CUSTOMS: 1,
    Tracking.ON_HOLD: 1,
    Tracking.OUT_FOR_DELIVERY: 2,
    Tracking.ATTEMPT_FAILED: 2,
    Tracking.AVAILABLE_FOR_PICKUP: 2,
    Tracking.DELIVERED: 3,
}
"""How far along a parcel is; one that goes back or is lost has no step."""


def _asset(name: str) -> str:
    return files("orders.api").joinpath(name).read_text("utf-8")


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


_STYLE = _asset("tracking_page.css")
_SCRIPT = _asset("tracking_page.js")
_KEPT_TO_ITSELF = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
}
"""No cache keeps what a token opened, no link gives it away, no search engine lists it."""

ANSWER_HEADERS = _KEPT_TO_ITSELF | {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Vary": "Accept, Accept-Language",
}
"""Of whatever is no page: it runs nothing, wherever somebody opens it."""

HEADERS = _KEPT_TO_ITSELF | {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_source(_SCRIPT)}; style-src {_source(_STYLE)}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Vary": "Accept, Accept-Language",
}
"""Of the page: only our own script and style run, known by their hashes."""


@dataclass(frozen=True, slots=True)
class _Time:
    """A time on the clock that it was told by, with the offset that was told or taken for it."""

    instant: str
    shown: str
    offset: str


@dataclass(frozen=True, slots=True)
class _Event:
    status: str
    time: _Time
    location: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class _View:
    state: str
    carrier: str
    tracking_number: str
    headline: str
    tone: str
    since: _Time | None
    reason: str | None
    is_disputed: bool
    step: int | None
    promised: str | None
    expected: str | None
    events: tuple[_Event, ...]


def whole_page(live: Live, words: Words) -> str:
    """Write the page of a parcel."""
    return _template("tracking_page.html").render(**_common(words), view=_view(live, words))


def page_of_unknown(words: Words) -> str:
    """Write the page for a token that opens nothing."""
    return _template("tracking_page.html").render(**_common(words), view=None)


def live_part(live: Live, words: Words) -> dict[str, str]:
    """Write what of the page changes while it is open: its title, and the part below its head."""
    view = _view(live, words)
    macros: Any = _template("tracking_live.html").module
    html = str(macros.live_part(view, words)).strip()
    return {"title": f"{view.headline} · {words.title}", "html": html}


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("orders", "api"),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template(name)


def _common(words: Words) -> dict[str, Any]:
    return {
        "words": words,
        "languages": tuple(LANGUAGES.values()),
        "style": Markup(_STYLE),  # noqa: S704 - our own files
        "script": Markup(_SCRIPT),  # noqa: S704 - our own files
    }


def _view(live: Live, words: Words) -> _View:
    parcel = live.parcel
    deciding = next(
        (
            event
            for event in live.events
            if (event.status, event.occurred_at) == (parcel.status, parcel.status_at)
        ),
        None,
    )
    tone = "good" if parcel.status is Tracking.DELIVERED else ""
    return _View(
        state=live.state,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        headline=words.statuses[parcel.status],
        tone="bad" if parcel.status in INCIDENTS or parcel.is_disputed else tone,
        since=None if deciding is None else _time(deciding, words),
        reason=None if deciding is None else _reason(deciding, words),
        is_disputed=parcel.is_disputed,
        step=_STEPS.get(parcel.status),
        promised=None if live.promised_on is None else words.day(live.promised_on),
        expected=None if live.expected_on is None else words.window(*live.expected_on),
        events=tuple(
            _Event(
                status=words.statuses[event.status],
                time=_time(event, words),
                location=event.location if event.status in PUBLIC_PLACES else None,
                reason=_reason(event, words),
            )
            for event in live.events
        ),
    )


def _reason(event: TrackingEvent, words: Words) -> str | None:
    return None if event.reason is None else words.reasons[event.reason]


def _time(event: TrackingEvent, words: Words) -> _Time:
    told = datetime.fromisoformat(event.occurred_told)
    offset = told.replace(tzinfo=UTC) - event.occurred_at
    return _Time(event.occurred_at.isoformat(), words.moment(told), _show_offset(offset))


def _show_offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"  # noqa: RUF001 - a minus as it is printed
    if not minutes:
        return "UTC"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
