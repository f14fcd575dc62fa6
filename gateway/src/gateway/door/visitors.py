"""Those who come without a key, limited by the address they come from."""

from __future__ import annotations

from collections import OrderedDict

from chassis.principal import Principal
from gateway.domain.token_bucket import Quota, TokenBucket

PUBLIC = Principal("public", frozenset())
"""Who calls on behalf of nobody in particular; it may do nothing that needs a scope."""

_REMEMBERED = 10_000


class Visitors:
    """Counts requests of recent addresses; the one seen longest ago is forgotten first."""

    def __init__(self, quota: Quota) -> None:
        """Give each address this quota."""
        self._quota = quota
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def bucket(self, address: str, now: float) -> TokenBucket:
        """Give the bucket of an address."""
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = self._buckets[address] = TokenBucket(self._quota, now)
            if len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(address)
        return bucket
