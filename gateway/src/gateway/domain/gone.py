"""Why there is no customer under an id: there never was, or somebody was erased."""

from __future__ import annotations

from chassis.errors import Gone, NotFound


class CustomerUnknown(NotFound):
    """No customer has, or ever had, this id."""

    slug = "customer-not-found"
    title = "There is no such customer"


class CustomerErased(Gone):
    """Everything personal under this id was erased."""

    slug = "customer-erased"
    title = "The customer was erased"
