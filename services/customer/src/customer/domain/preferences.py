"""How a customer likes to be met: by which channel, and in which language on each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer.domain.claims import UNKNOWN_LANGUAGE
from customer.domain.survivorship import Told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from customer.domain.attribute_locks import AttributeLock
    from customer.domain.survivorship import GoldenRecord, TellingRecord

PREFERRED_CHANNEL = "preferred_channel"
LANGUAGES_BY_CHANNEL = "languages_by_channel"


@dataclass(frozen=True, slots=True)
class ChannelLanguage:
    """The language told last on a channel."""

    channel: str
    language: str


def preferences(
    records: Sequence[TellingRecord],
    interactions: Mapping[str, int],
    locks: Mapping[str, AttributeLock],
) -> GoldenRecord:
    """Give the preferred channel, and of each channel the language told last.

    The channel is what a person locked, else the one most used: by source records and by
    `interactions`, counted by channel; of channels used alike, the one a record came by last.
    """
    recent = sorted(records, key=lambda record: (record.observed_at, record.id), reverse=True)
    found: GoldenRecord = {}
    channel = _preferred_channel(recent, interactions, locks.get(PREFERRED_CHANNEL))
    if channel is not None:
        found[PREFERRED_CHANNEL] = [channel]
    languages: dict[str, Told] = {}
    for record in recent:
        language = record.normalised.language
        if record.channel and language is not None and language != UNKNOWN_LANGUAGE:
            told = Told(ChannelLanguage(record.channel, language), record)
            languages.setdefault(record.channel, told)
    if languages:
        found[LANGUAGES_BY_CHANNEL] = [languages[channel] for channel in sorted(languages)]
    return found


def _preferred_channel(
    recent: Sequence[TellingRecord], interactions: Mapping[str, int], lock: AttributeLock | None
) -> Told | None:
    if lock is not None:
        return Told(lock.value, None, lock=lock)
    last: dict[str, TellingRecord] = {}
    for record in recent:
        last.setdefault(record.channel, record)
    used = Counter(record.channel for record in recent)
    used.update(interactions)
    places = {channel: place for place, channel in enumerate(last)}
    channels = sorted(
        filter(None, used), key=lambda one: (-used[one], places.get(one, len(places)), one)
    )
    return Told(channels[0], last.get(channels[0])) if channels else None
