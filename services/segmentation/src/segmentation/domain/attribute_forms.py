"""In which form an attribute is declared, as it was told along with its values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class AttributeType(StrEnum):
    """The forms that values may have; of texts no value is told."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    BOOLEAN = "boolean"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class AttributeForm:
    """The form of an attribute; choices stand in their order, a yearly date comes every year."""

    attribute: str
    type: AttributeType
    choices: tuple[str, ...]
    is_yearly: bool
    told_at: datetime
