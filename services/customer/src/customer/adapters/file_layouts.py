"""Which columns of a file tell which field of a source record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

SINGLE_FIELDS = (
    "external_id",
    "given_name",
    "family_name",
    "full_name",
    "given_name_kana",
    "family_name_kana",
    "given_name_latin",
    "family_name_latin",
    "birth_date",
    "birth_year",
    "birth_month",
    "birth_day",
    "gender",
    "birth_place",
    "occupation",
    "country",
    "language",
    "channel",
    "store",
    "brand",
    "legal_entity",
    "home_region",
    "observed_at",
    "city",
    "region",
    "postcode",
    "company_name",
    "vat_number",
    "company_registration_id",
    "referred_by",
)
LIST_FIELDS = ("email", "phone", "card", "street", "account", "device", "government_id")
FIELDS = (*SINGLE_FIELDS, *LIST_FIELDS)

_OTHER_NAMES = {
    "external_id": ("id", "customer_id", "unique_id", "rec_id"),
    "given_name": ("first_name", "forename", "firstname"),
    "family_name": ("surname", "last_name", "lastname"),
    "full_name": ("name",),
    "given_name_kana": ("first_name_kana",),
    "family_name_kana": ("last_name_kana",),
    "given_name_latin": ("first_name_latin", "first_name_romaji"),
    "family_name_latin": ("last_name_latin", "last_name_romaji"),
    "birth_date": ("dob", "date_of_birth", "birthdate", "birthday"),
    "birth_year": ("year_of_birth",),
    "birth_month": ("month_of_birth",),
    "birth_day": ("day_of_birth",),
    "email": ("emails", "e_mail"),
    "phone": ("phones", "telephone", "mobile"),
    "card": ("cards",),
    "street": ("address", "address_1", "line1"),
    "city": ("town",),
    "region": ("state",),
    "postcode": ("postal_code", "zip", "zip_code"),
    "company_name": ("company",),
    "vat_number": ("vat", "vat_id"),
}


class LayoutUnclear(Exception):
    """The file's columns do not say enough; `args` says what to add to the command."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A form of file: for each field its columns, and the values that are the same on all lines."""

    source: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict[str, str])
    signature: frozenset[str] = frozenset()


FEBRL = Layout(
    source="febrl",
    signature=frozenset({"rec_id", "given_name", "surname", "date_of_birth", "soc_sec_id"}),
    columns={
        "external_id": ("rec_id",),
        "given_name": ("given_name",),
        "family_name": ("surname",),
        "birth_date": ("date_of_birth",),
        "street": ("street_number+address_1", "address_2"),
        "city": ("suburb",),
        "region": ("state",),
        "postcode": ("postcode",),
    },
    constants={"country": "AU", "channel": "import"},
)
HISTORICAL = Layout(
    source="historical-figures",
    signature=frozenset({"unique_id", "first_and_surname", "birth_place", "postcode_fake"}),
    columns={
        "external_id": ("unique_id",),
        "full_name": ("full_name",),
        "given_name": ("first_name",),
        "family_name": ("surname",),
        "birth_date": ("dob",),
        "birth_place": ("birth_place",),
        "postcode": ("postcode_fake",),
        "gender": ("gender",),
        "occupation": ("occupation",),
    },
    constants={"country": "GB", "channel": "import"},
)
FAKE_1000 = Layout(
    source="fake-1000",
    signature=frozenset({"unique_id", "first_name", "surname", "dob", "city", "email", "cluster"}),
    columns={
        "external_id": ("unique_id",),
        "given_name": ("first_name",),
        "family_name": ("surname",),
        "birth_date": ("dob",),
        "city": ("city",),
        "email": ("email",),
    },
    constants={"country": "GB", "channel": "import"},
)
KNOWN = (FEBRL, HISTORICAL, FAKE_1000)


def choose_layout(columns: Collection[str], *, file_name: str) -> Layout:
    """Recognise a known file by its columns, or take columns named as our fields."""
    for layout in KNOWN:
        if layout.signature <= set(columns):
            return layout
    found = {name: _columns_for(name, columns) for name in FIELDS}
    return Layout(
        source=file_name,
        columns={name: names for name, names in found.items() if names},
        constants={"channel": "import"},
    )


def adapt(
    layout: Layout,
    columns: Collection[str],
    *,
    mapped: Iterable[tuple[str, str]],
    constants: Iterable[tuple[str, str]],
) -> Layout:
    """Follow the command's own mapping and constants; raises `LayoutUnclear`.

    A column of the form `a+b` stands for the texts of both, one after the other.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for name, column in mapped:
        _check_field(name)
        for part in column.split("+"):
            if part not in columns:
                message = f"The file has no column {part!r}. It has: {', '.join(columns)}."
                raise LayoutUnclear(message)
        chosen[name] = (*chosen.get(name, ()), column) if name in LIST_FIELDS else (column,)
    told = dict(constants)
    for name in told:
        _check_field(name)
    adapted = replace(
        layout,
        columns={**layout.columns, **chosen},
        constants={**layout.constants, **told},
    )
    for name, example in (
        ("external_id", "--map external_id=COLUMN"),
        ("country", "--set country=FR"),
    ):
        if name not in adapted.columns and name not in adapted.constants:
            raise LayoutUnclear(f"No column tells the {name}. Say it with {example}.")
    return adapted


def _check_field(name: str) -> None:
    if name not in FIELDS:
        raise LayoutUnclear(f"There is no field {name!r}. The fields are: {', '.join(FIELDS)}.")


def _columns_for(name: str, columns: Collection[str]) -> tuple[str, ...]:
    names = (name, *_OTHER_NAMES.get(name, ()))
    return tuple(column for column in columns if column.lower() in names)[:1]
