"""National numbers told where they may not stand: in a card, a note, an address, a name.

A number is taken for one where nothing else is likely: by a form with check digits that a card or
a telephone seldom has by accident, by the country whose number it would be, or by the word that
stands before it. Of ordinary numbers of twelve digits one in eleven would pass for a My Number:
such a one is only said to be doubtful.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from chassis.errors import FieldProblem, Invalid
from customer.domain.national_numbers import NAMES
from customer.domain.number_checks import (
    is_aadhaar,
    is_ahv_number,
    is_codice_fiscale,
    is_my_number,
    is_nhs_number,
    is_nir_with_key,
    is_nric,
    is_register_number,
    is_resident_number,
    is_ssn,
)
from customer.domain.text import fold

_GAP = r"[\s./\u2010-\u2015\uff0d\u00b7-]?"
_BEGIN, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
# A telephone as dialled from abroad: no national number is written with a plus.
_FROM_ABROAD = re.compile(r"\+\d(?:[\s()./-]{0,2}\d){6,14}")


def _spaced(*groups: str) -> str:
    return _GAP.join(groups)


def _alone(pattern: str, beside: str = r"[\s-]") -> str:
    """Take no part of a longer number, such as a card printed in fours."""
    return rf"(?<!\d{beside}){pattern}(?!{beside}?\d)"


@dataclass(frozen=True, slots=True)
class _Form:
    """How a number looks, and its check; only `in_country`, when it would be mistaken elsewhere."""

    called: str
    pattern: str
    is_one: Callable[[str], bool]
    in_country: str | None = None


_FORMS = (
    _Form(
        "NIR",
        _spaced("[12]", r"\d{2}", "(?:0[1-9]|1[0-2])", r"(?:\d{2}|2[ABab])", *[r"\d{3}"] * 2)
        + rf"{_GAP}\d{{2}}",
        is_nir_with_key,
    ),
    _Form("AHV number", _spaced("756", r"\d{4}", r"\d{4}", r"\d{2}"), is_ahv_number),
    _Form(
        "codice fiscale",
        _spaced(
            "[A-Za-z]{3}",
            "[A-Za-z]{3}",
            r"[\dL-NP-Vl-np-v]{2}[A-EHLMPR-Ta-ehlmpr-t][\dL-NP-Vl-np-v]{2}",
            r"[A-Za-z][\dL-NP-Vl-np-v]{3}[A-Za-z]",
        ),
        is_codice_fiscale,
    ),
    _Form("resident registration number", _alone(r"\d{6}-[1-8]\d{6}"), is_resident_number, "KR"),
    _Form(
        "national register number",
        r"\d{2}\.\d{2}\.\d{2}[-. ]\d{3}[-. ]\d{2}",
        is_register_number,
    ),
    _Form(
        "national register number",
        _alone(
            _spaced(r"\d{2}", "(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])", r"\d{3}", r"\d{2}")
        ),
        is_register_number,
        "BE",
    ),
    _Form("social security number", _alone(r"\d{3}-\d{2}-\d{4}", "-"), is_ssn, "US"),
    _Form("Aadhaar", _alone(r"[2-9]\d{3}[\s-]\d{4}[\s-]\d{4}"), is_aadhaar, "IN"),
    _Form("NRIC", r"[STFGMstfgm]\d{7}[A-Za-z]", is_nric, "SG"),
)
# Parts of the forms that stand anywhere, found fast: most records have none of them.
_GATES = tuple(
    re.compile(pattern)
    for pattern in (
        _spaced("[12]", r"\d{2}", "(?:0[1-9]|1[0-2])", r"(?:\d{2}|2[ABab])", r"\d{3}"),
        rf"756{_GAP}\d{{4}}",
        r"\d\.\d{2}\.\d{2}[-. ]\d{3}",
        _spaced(
            r"[A-EHLMPR-Ta-ehlmpr-t][\dL-NP-Vl-np-v]{2}", r"[A-Za-z][\dL-NP-Vl-np-v]{3}[A-Za-z]"
        )
        + _END,
    )
)
_BY_COUNTRY = {
    country: tuple(
        (re.compile(_BEGIN + form.pattern + _END), form)
        for form in _FORMS
        if form.in_country in {None, country}
    )
    for country in (None, *(form.in_country for form in _FORMS))
}
_TWELVE_DIGITS = re.compile(rf"(?<![0-9A-Za-z+])(?:\d{_GAP}){{11}}\d{_END}")
_DOUBTFUL_IN = "JP"

_LENGTHS = {
    "my number": {12},
    "NIR": {13, 15},
    "resident registration number": {13},
    "BSN": {8, 9},
    "tax id": {11},
    "national register number": {11},
    "AHV number": {13},
    "NRIC": {9},
    "Aadhaar": {12},
    "social security number": {9},
    "NHS number": {10},
}
_LIKE_TELEPHONES = {"my number": is_my_number, "NHS number": is_nhs_number}
"""As long as telephone numbers, and labelled in words that may stand before one."""

_LABELS = {
    fold(label): called
    for called, labels in {
        **NAMES,
        "social security number": "ssn,social security,social security number,soc sec id",
        "NIR": f"{NAMES['NIR']},securite sociale,secu",
        "NHS number": "nhs,nhs number",
    }.items()
    for label in labels.split(",")
}
_LABELLED = re.compile(
    r"(?P<label>"
    + "|".join(
        rf"(?<![a-z]){label}(?![a-z])" if label.isascii() else label
        for label in sorted(_LABELS, key=len, reverse=True)
    )
    + r")[^0-9]{0,20}?(?P<number>[stfgm]?\d[0-9a-z ]{6,24})"
)
# A piece of each label: a text without any of them has no label.
_HINTS = re.compile(
    "n(?:um|ir|iss|ric|hs)|kojin|insee|vitale|secu|curit|rrn|jumin|bsn|steuer|idnr|insz|ahv|avs"
    "|aadha|ssn|soc"
)
_OTHER_HINTS = ("マイナンバー", "個人番号", "주민", "sécu")
_FEWEST_DIGITS = 7
_KEPT_BACK = "…"
_Holder = dict[str, Any] | list[Any]
_KEPT_AS_HASHES = frozenset({"codice fiscale", "social security number", "NHS number"})
_NOT_SEARCHED = frozenset(
    {
        "official_ids",
        "source",
        "external_id",
        "channel",
        "country",
        "brand",
        "legal_entity",
        "home_region",
    }
)


class NationalNumberTold(Invalid):
    """A text holds a number that the law reserves to the state, or that is kept as a hash only."""

    slug = "national-number-told"
    title = "A national number may not be kept there"


def national_number_in(text: str, country: str | None = None) -> str | None:
    """Name the national number that a text holds, told where `country` is; None without one."""
    plain = _plain(text)
    for pattern, form in _BY_COUNTRY.get(country, _BY_COUNTRY[None]):
        if any(form.is_one(_compact(found.group())) for found in pattern.finditer(plain)):
            return form.called
    return _labelled_in(plain) if _has_hint(plain) else None


def refuse_national_numbers(texts: Mapping[str, str | None], country: str | None = None) -> None:
    """Refuse texts, by the name of their field, that hold one; raises `NationalNumberTold`."""
    problems = [
        _problem(field, called, "and is refused")
        for field, text in texts.items()
        if text and (called := national_number_in(text, country)) is not None
    ]
    if problems:
        raise NationalNumberTold(problems[0].mend, fields=problems)


def may_hold_national_number(text: str, country: str | None) -> bool:
    """Tell quickly whether it is worth looking into the fields of a text: most have none."""
    plain = _plain(text)
    if any(gate.search(plain) for gate in _GATES) or _has_hint(plain):
        return True
    if country in _BY_COUNTRY:
        return any(pattern.search(plain) for pattern, _ in _BY_COUNTRY[country])
    return country == _DOUBTFUL_IN and _TWELVE_DIGITS.search(plain) is not None


def shown_name(name: str, country: str | None) -> str:
    """Give a name of the source's own as it may be shown and kept: not when it is a number."""
    return name if national_number_in(name, country) is None else _KEPT_BACK


def strike_national_numbers(told: dict[str, Any], country: str | None) -> tuple[FieldProblem, ...]:
    """Take the texts that hold a national number out of what a source told, and say which.

    In a list an empty text stays in place of one, so that the others keep their places. A doubtful
    number stays, and is only said to be one.
    """
    flags: list[FieldProblem] = []
    searched = {name: value for name, value in told.items() if name not in _NOT_SEARCHED}
    for path, text, holder, key in list(_texts(searched, "")):
        shown = path
        called = national_number_in(text, country)
        if path.startswith("extra."):
            shown = f"extra.{shown_name(str(key), country)}"
            called = called or national_number_in(f"{key} {text}", country)
            called = called or national_number_in(str(key), country)
        if called is not None:
            _strike(told if holder is searched else holder, key)
            flags.append(_problem(shown, called, "and was struck out"))
        elif country == _DOUBTFUL_IN and not path.startswith("phones.") and _is_doubtful(text):
            problem = "has the check digit of a national number (my number)"
            flags.append(FieldProblem(path, problem, "Do not send it if it is one."))
    return tuple(flags)


def _problem(field: str, called: str, what: str) -> FieldProblem:
    mend = (
        "Send it in the `official_ids` of a source record, where only a keyed hash of it is kept."
        if called in _KEPT_AS_HASHES
        else "Leave it out: the law reserves it to the state."
    )
    return FieldProblem(field, f"holds a national number ({called}), {what}", mend)


def _texts(value: _Holder, path: str) -> Iterator[tuple[str, str, _Holder, str | int]]:
    """Give each text with its path and where it stands."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        inside = f"{path}.{key}" if path else str(key)
        if isinstance(inner, str):
            yield inside, inner, value, key
        elif isinstance(inner, dict | list):
            yield from _texts(cast("_Holder", inner), inside)


def _strike(holder: _Holder, key: str | int) -> None:
    if isinstance(holder, dict):
        del holder[str(key)]
    else:
        holder[int(key)] = ""


def _labelled_in(plain: str) -> str | None:
    for found in _LABELLED.finditer(fold(_FROM_ABROAD.sub(" ", plain))):
        called = _LABELS[found["label"]]
        number = ""
        for part in found["number"].split():
            number += part
            digits = sum(map(str.isdigit, number))
            if len(number) not in _LENGTHS[called] or digits < _FEWEST_DIGITS:
                continue
            if called not in _LIKE_TELEPHONES or _LIKE_TELEPHONES[called](number):
                return called
    return None


def _is_doubtful(text: str) -> bool:
    return any(is_my_number(_compact(one.group())) for one in _TWELVE_DIGITS.finditer(_plain(text)))


def _has_hint(plain: str) -> bool:
    lowered = plain.lower()
    return _HINTS.search(lowered) is not None or (
        not plain.isascii() and any(hint in lowered for hint in _OTHER_HINTS)
    )


def _plain(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return plain.replace("\r\n", "\n")


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()
