"""A limit on requests: a bucket of tokens that refills at a steady rate."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `requests` at once, and as many again in each `window_seconds`."""

    requests: int
    window_seconds: int

    @property
    def per_second(self) -> float:
        """The rate at which tokens come back."""
        return self.requests / self.window_seconds


class TokenBucket:
    """What one caller has left of its quota; the clock is passed in, in seconds."""

    __slots__ = ("_at", "_quota", "_tokens")

    def __init__(self, quota: Quota, now: float) -> None:
        """Begin full."""
        self._quota = quota
        self._tokens = float(quota.requests)
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token; False when there is none."""
        quota = self._quota
        tokens = min(float(quota.requests), self._tokens + (now - self._at) * quota.per_second)
        self._at = now
        if tokens < 1.0:
            self._tokens = tokens
            return False
        self._tokens = tokens - 1.0
        return True

    @property
    def left(self) -> int:
        """Whole tokens left."""
        return int(self._tokens)

    @property
    def full_in_seconds(self) -> int:
        """Seconds until the whole quota is back."""
        return self._seconds_for(self._quota.requests - self._tokens)

    @property
    def next_in_seconds(self) -> int:
        """Seconds until one more request is taken; at least 1, because clients wait whole ones."""
        return max(1, self._seconds_for(1.0 - self._tokens))

    def _seconds_for(self, tokens: float) -> int:
        """Multiplied first, so that no rounding makes it longer than the window."""
        return ceil(tokens * self._quota.window_seconds / self._quota.requests)
