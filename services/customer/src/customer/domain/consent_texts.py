"""Consent texts: the very words that somebody agreed to, which never change once used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Conflict, FieldProblem, NotFound


class ConsentTextInUse(Conflict):
    """Somebody decided on these words: they are a proof."""

    slug = "consent-text-in-use"
    title = "The consent text is in use and cannot be changed"


class NoSuchConsentText(NotFound):
    """Nobody wrote this text down."""

    slug = "no-such-consent-text"
    title = "There is no such consent text"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of what is shown for a purpose, its words by language."""

    purpose: str
    version: str
    words: Mapping[str, str]
    written_at: datetime
    is_used: bool = False


def refuse_changed_words(kept: ConsentText, words: Mapping[str, str]) -> None:
    """Let a text that is in use gain languages, and lose or change none.

    Raises `ConsentTextInUse`.
    """
    changed = [name for name, shown in kept.words.items() if words.get(name) != shown]
    if not kept.is_used or not changed:
        return
    mend = "Put the new words as a new version; languages may be added to this one."
    fields = [
        FieldProblem(f"words.{name}", "differs from what was shown", mend) for name in changed
    ]
    raise ConsentTextInUse(mend, fields=fields)
