"""The attributes that are shipped; a house may replace each definition, and add its own."""

from __future__ import annotations

from customer.domain.attribute_definitions import AttributeDefinition, AttributeType, Scale

_PURPOSES = ("service", "advice", "marketing", "analytics")
_PERSONAL = ("service", "advice")


def _choice(name: str, title: str, *choices: str) -> AttributeDefinition:
    return AttributeDefinition(name, title, AttributeType.CHOICE, _PURPOSES, choices=choices)


def _choices(name: str, title: str, *choices: str) -> AttributeDefinition:
    return AttributeDefinition(name, title, AttributeType.CHOICES, _PURPOSES, choices=choices)


def _measure(name: str, title: str, *scales: Scale) -> AttributeDefinition:
    return AttributeDefinition(name, title, AttributeType.MEASURE, _PURPOSES, scales=scales)


def _length(name: str, title: str, minimum_cm: int, maximum_cm: int) -> AttributeDefinition:
    metric = Scale("metric", "cm", minimum_cm, maximum_cm)
    imperial = Scale("imperial", "in", minimum_cm // 3, maximum_cm // 2)
    return _measure(name, title, metric, imperial)


def _yearly(name: str, title: str) -> AttributeDefinition:
    return AttributeDefinition(
        name, title, AttributeType.DATE, (*_PERSONAL, "marketing"), yearly=True
    )


_LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL")
_UK_RINGS = tuple(letter + half for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for half in ("", "½"))

STANDARD: dict[str, AttributeDefinition] = {
    definition.name: definition
    for definition in (
        _choice(
            "occupation-class",
            "Occupation class (ISCO-08 major groups, and those not in work)",
            "manager",
            "professional",
            "technician",
            "clerk",
            "service-and-sales",
            "agriculture",
            "craft",
            "machine-operator",
            "elementary",
            "armed-forces",
            "student",
            "homemaker",
            "retired",
            "not-in-work",
        ),
        _choice(
            "income-band",
            "Income a year, in thousands of the house's currency",
            "below-25",
            "25-to-50",
            "50-to-100",
            "100-to-250",
            "250-to-1000",
            "above-1000",
        ),
        _choices(
            "lifestyle",
            "Lifestyle",
            "art",
            "collecting",
            "family",
            "fashion",
            "gastronomy",
            "nature",
            "sport",
            "technology",
            "travel",
            "wellness",
        ),
        _choices(
            "needs",
            "What the customer looks for",
            "daily-use",
            "gift",
            "occasion",
            "travel",
            "replacement",
            "repair",
            "collection",
            "investment",
        ),
        _choices(
            "barriers",
            "What keeps the customer from buying",
            "price",
            "availability",
            "sizes",
            "distance",
            "delivery-time",
            "service",
            "trust",
            "sustainability",
        ),
        _choices(
            "motivations",
            "What makes the customer buy",
            "quality",
            "craft",
            "exclusivity",
            "heritage",
            "status",
            "novelty",
            "comfort",
            "sustainability",
            "value",
        ),
        _measure(
            "shoe-size",
            "Shoe size",
            Scale("EU", None, 15, 55),
            Scale("UK", None, 0, 20),
            Scale("US-women", None, 0, 20),
            Scale("US-men", None, 0, 20),
            Scale("JP", "cm", 8, 36),
        ),
        _measure(
            "clothing-size",
            "Clothing size",
            Scale("letters", marks=_LETTERS),
            Scale("EU", None, 28, 70),
            Scale("FR", None, 28, 70),
            Scale("IT", None, 32, 74),
            Scale("UK", None, 2, 40),
            Scale("US", None, 0, 36),
            Scale("JP", None, 3, 29),
        ),
        _measure(
            "ring-size",
            "Ring size",
            Scale("EU", "mm", 36, 80),
            Scale("US", None, 0, 16),
            Scale("JP", None, 1, 40),
            Scale("UK", marks=_UK_RINGS),
        ),
        _length("wrist", "Wrist", 9, 30),
        _length("neck", "Neck", 20, 70),
        _length("head", "Head, for hats", 40, 75),
        _length("height", "Height", 40, 250),
        _length("chest", "Chest", 40, 200),
        _length("waist", "Waist", 40, 200),
        _length("hips", "Hips", 40, 200),
        _yearly("spouse-birthday", "Birthday of the spouse"),
        _yearly("anniversary", "Wedding anniversary"),
        _yearly("name-day", "Name day"),
        AttributeDefinition(
            "children",
            "Number of children",
            AttributeType.NUMBER,
            _PERSONAL,
            unit="children",
            minimum=0,
            maximum=30,
        ),
        AttributeDefinition("tastes", "Tastes, in words", AttributeType.TEXT, _PERSONAL),
    )
}
