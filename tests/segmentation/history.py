"""Histories of customers, drawn at random, and what they add up to when read in one go."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st

from chassis.events import Incoming
from segmentation.domain.indicators import Indicators, Spending
from tests.segmentation import telling

CUSTOMERS = 5
CURRENCIES = ("EUR", "JPY")

_customers = st.integers(0, CUSTOMERS - 1)
_maybe_customers = st.none() | _customers
_minor = st.integers(0, 100_000)


@dataclass
class Order:
    placed_by: int | None
    minor: int
    currency: str
    day: int
    linked_to: list[int]
    amended_to: list[int]
    is_cancelled: bool

    @property
    def owner(self) -> int | None:
        return self.linked_to[-1] if self.linked_to else self.placed_by

    @property
    def present_minor(self) -> int:
        return self.amended_to[-1] if self.amended_to else self.minor


@dataclass
class Return:
    order: int | None
    by: int | None
    minor: int
    currency: str


@dataclass
class Complaint:
    order: int | None
    by: int | None
    turns: int

    @property
    def is_open(self) -> bool:
        return self.turns % 2 == 0


@dataclass
class History:
    """All that ever happened; `merges` gives for each retired customer the survivor."""

    orders: list[Order]
    returns: list[Return]
    complaints: list[Complaint]
    merges: dict[int, int] = field(default_factory=dict)

    def events(self) -> list[Incoming]:
        """Tell the history, each thing's events in its own versions."""
        found: list[Incoming] = []
        for number, order in enumerate(self.orders):
            minor, currency = order.minor, order.currency
            found.append(
                telling.placed(
                    number, order.placed_by, day=order.day, minor=minor, currency=currency
                )
            )
            for version, owner in enumerate(order.linked_to, start=2):
                found.append(telling.linked(number, owner, sequence=version))
            for version, total in enumerate(order.amended_to, start=5):
                found.append(telling.amended(number, total, currency=currency, sequence=version))
            if order.is_cancelled:
                found.append(
                    telling.cancelled(number, minor=order.present_minor, currency=currency)
                )
        for number, back in enumerate(self.returns):
            found.append(
                telling.returned(
                    number, order=back.order, by=back.by, minor=back.minor, currency=back.currency
                )
            )
        for number, complaint in enumerate(self.complaints):
            found.append(telling.filed(number, complaint.by, order=complaint.order))
            for turn in range(complaint.turns):
                turned = telling.reopened if turn % 2 else telling.resolved
                found.append(turned(number, sequence=turn + 2))
        found += [telling.merged(retired, into) for retired, into in self.merges.items()]
        return found

    def survivor(self, customer: int | None) -> int | None:
        """Follow the merges to the end."""
        while customer in self.merges:
            customer = self.merges[customer]
        return customer

    def indicators(self, customer: int) -> Indicators:
        """Add up what a surviving customer's history amounts to, in one reading."""
        mine = [order for order in self.orders if self.survivor(order.owner) == customer]
        kept = [order for order in mine if not order.is_cancelled]
        days = sorted(order.day for order in kept)
        returns = [back for back in self.returns if self._owner(back) == customer]
        spendings = tuple(
            Spending(
                currency=currency,
                ordered_minor=sum(o.present_minor for o in mine if o.currency == currency),
                cancelled_minor=sum(
                    o.present_minor for o in mine if o.currency == currency and o.is_cancelled
                ),
                returned_minor=sum(r.minor for r in returns if r.currency == currency),
            )
            for currency in CURRENCIES
            if any(thing.currency == currency for thing in (*mine, *returns))
        )
        complaints = [each for each in self.complaints if self._owner(each) == customer]
        return Indicators(
            first_purchase_on=telling.FIRST_DAY + timedelta(days[0]) if days else None,
            last_purchase_on=telling.FIRST_DAY + timedelta(days[-1]) if days else None,
            frequency=len(kept),
            spendings=spendings,
            open_complaints=sum(each.is_open for each in complaints),
        )

    def _owner(self, thing: Return | Complaint) -> int | None:
        owner = thing.by
        if owner is None and thing.order is not None and thing.order < len(self.orders):
            owner = self.orders[thing.order].owner
        return self.survivor(owner)


def _forest(parents: list[int]) -> dict[int, int]:
    """Merge customers only into such with a greater number: chains, never circles."""
    return {number: parent for number, parent in enumerate(parents) if parent > number}


histories = st.builds(
    History,
    orders=st.lists(
        st.builds(
            Order,
            placed_by=_maybe_customers,
            minor=_minor,
            currency=st.sampled_from(CURRENCIES),
            day=st.integers(0, 450),
            linked_to=st.lists(_customers, max_size=2),
            amended_to=st.lists(_minor, max_size=2),
            is_cancelled=st.booleans(),
        ),
        max_size=6,
    ),
    returns=st.lists(
        st.builds(
            Return,
            order=st.none() | st.integers(0, 6),
            by=_maybe_customers,
            minor=_minor,
            currency=st.sampled_from(CURRENCIES),
        ),
        max_size=4,
    ),
    complaints=st.lists(
        st.builds(
            Complaint,
            order=st.none() | st.integers(0, 6),
            by=_maybe_customers,
            turns=st.integers(0, 3),
        ),
        max_size=4,
    ),
    merges=st.lists(_customers, max_size=CUSTOMERS).map(_forest),
)
