"""What the customer service's reading policy keeps from a client, wherever it lies."""

from __future__ import annotations

from chassis.errors import Forbidden


class CustomerWithheld(Forbidden):
    """The client may read nothing of the customer, so that no other part is shown either."""

    slug = "transfer-not-allowed"
    title = "The customer may not be read from this region"
