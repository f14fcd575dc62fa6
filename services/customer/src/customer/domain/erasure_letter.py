"""The receipt of an erasure in words for the person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customer.domain.letter_words import TERM_OF, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customer.domain.letter_words import LetterLanguage, Words


def letter(receipt: Mapping[str, Any], shown_hash: str, language: LetterLanguage) -> str:
    """Write a receipt as a text; a name that has no word in the language stands as it is."""
    words = WORDS[language]
    lines = [words.title, "", words.opening, "", *_dates(receipt, words)]
    for part in receipt["parts"]:
        lines += ["", words.parts.get(part["part"], part["part"])]
        lines += _erased(part, words)
        lines += _kept(part, words)
    return "\n".join([*lines, "", words.closing.format(shown_hash), ""])


def _dates(receipt: Mapping[str, Any], words: Words) -> Iterator[str]:
    yield words.reference.format(receipt["reference"] or receipt["erasure_id"])
    yield words.requested.format(_day(receipt["requested_at"], words))
    yield words.erased.format(_day(receipt["erased_at"], words))
    yield words.completed.format(_day(receipt["completed_at"], words))


def _erased(part: Mapping[str, Any], words: Words) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for what, count in part["erased"].items():
        counts[_term(what, words)] += count
    yield f"  {words.was_erased}"
    if not counts.total():
        yield f"    - {words.nothing}"
    for term, count in counts.items():
        if count:
            yield f"    - {words.counted.format(term, count)}"


def _kept(part: Mapping[str, Any], words: Words) -> Iterator[str]:
    if part["kept"]:
        yield f"  {words.kept}"
    for kept in part["kept"]:
        counted = words.counted.format(_term(kept["what"], words), kept["count"])
        until = kept["until"]
        ends = words.for_ever if until is None else words.until.format(_day(until, words))
        yield f"    - {words.reason.format(counted, _term(kept['reason'], words), ends)}"


def _term(name: str, words: Words) -> str:
    return words.terms.get(TERM_OF.get(name, "")) or name.replace("_", " ")


def _day(instant: str, words: Words) -> str:
    return datetime.fromisoformat(instant).strftime(words.day)
