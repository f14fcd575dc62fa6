"""Stewards: the people who decide about who is who, as the program at their desk names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Steward:
    """The client whose key was used, and the person behind it where the client names one."""

    client_id: str
    person: str | None = None

    @property
    def shown(self) -> str:
        """Name the steward to colleagues."""
        return self.client_id if self.person is None else f"{self.person} ({self.client_id})"
