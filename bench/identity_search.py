"""Search as one types among a million customers: names letter by letter, numbers, ids and slips.

One client asks the service's API process over HTTP, one request after the other, as a person does
who types; what is measured is the whole answer, golden records and all.
"""

import http.client
import itertools
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from bench.figures import Figure, median, percentile, report
from bench.million import CHUNK, DATABASE, customers, made
from bench.order_intake import running
from bench.people import Invented, people
from carnet.ports import LOOPBACK, free_ports
from carnet.postgres import EmbeddedPostgres
from chassis.principal import HEADER, Principal, PrincipalSigner, new_key_pair
from customer.domain.romanisation import romanised
from customer.domain.text import fold

COUNT = 1_000_000
SEED = 7
PEOPLE = 120
WARM_UP = 200
TARGET_MS = 50
READ_TARGET_MS = 2
READS = 500
SHORT = 3
SCOPES = frozenset({"customers:read"})
OFFICIAL_ID_KEY = "bWFkZS11cC1ieS10aGUtYmVuY2htYXJrLWZvci1oYXM="


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, what kind of thing it is, and whether its person should be found."""

    kind: str
    text: str
    whole: bool


def main() -> None:
    """Ask all questions in a seeded order, after a warm-up."""
    with ExitStack() as stack:
        server = stack.enter_context(customers(COUNT, SEED))
        ask = Asker(stack, server)
        questions = list(itertools.chain.from_iterable(map(typed, asked_for())))
        random.Random(SEED).shuffle(questions)
        for question in questions[:WARM_UP]:
            ask(question)
        waits: dict[str, list[float]] = defaultdict(list)
        found: dict[str, list[bool]] = defaultdict(list)
        for question in questions:
            began = time.perf_counter()
            hits = ask(question)
            waits[question.kind].append(1000 * (time.perf_counter() - began))
            if question.whole:
                found[question.kind].append(hits > 0)
        waits["reading a customer"] = [ask.read(customer_id) for customer_id in sorted(ask.seen)]
        report("identity_search", figures(waits, found, made(server)))


def figures(
    waits: dict[str, list[float]],
    found: dict[str, list[bool]],
    base: dict[str, float],
) -> list[Figure]:
    """Sum up: everything together, then each kind of question."""
    reads = waits.pop("reading a customer")
    everything = list(itertools.chain.from_iterable(waits.values()))
    told = f"search as one types, {COUNT:,} customers"
    p99 = percentile(everything, 99)
    rows = base["search_keys, rows"] / COUNT
    summed = [
        Figure(f"{told}, p50", median(everything), "ms"),
        Figure(f"{told}, p99", p99, "ms", TARGET_MS, at_most=True),
        Figure(f"{told}, slowest of {len(everything):,}", max(everything), "ms"),
        Figure("search keys of a record", rows, "rows", 12, at_most=True),
        Figure("search keys with indexes", base["search_keys, MB"], "MB"),
        Figure("filling the base", base["filled, s"] + base["indexed, s"], "s", 300, at_most=True),
    ]
    told = f"reading one of {COUNT:,} customers"
    summed.append(Figure(f"{told}, p50", median(reads), "ms", READ_TARGET_MS, at_most=True))
    summed.append(Figure(f"{told}, p99", percentile(reads, 99), "ms"))
    for kind, times in waits.items():
        summed.append(Figure(f"{kind}, p50", median(times), "ms"))
        summed.append(Figure(f"{kind}, p99", percentile(times, 99), "ms", TARGET_MS, at_most=True))
        if found[kind]:
            share = sum(found[kind]) / len(found[kind])
            summed.append(Figure(f"{kind}, answered with somebody", share, "share"))
    return summed


class Asker:
    """Puts questions to the service's own API process."""

    def __init__(self, stack: ExitStack, server: EmbeddedPostgres) -> None:
        private, public = new_key_pair()
        port, unused = free_ports(2)
        url = server.superuser_url(DATABASE)
        told = {
            "DATABASE_URL": url,
            "BUS_URL": url,
            "PRINCIPAL_PUBLIC_KEY": public,
            "OFFICIAL_ID_KEY": OFFICIAL_ID_KEY,
            "PORT": str(port),
            "WORKER_PORT": str(unused),
        }
        stack.enter_context(running("customer", told, f"http://{LOOPBACK}:{port}"))
        self._signer = PrincipalSigner(private)
        self._connection = http.client.HTTPConnection(LOOPBACK, port)
        self.seen: set[str] = set()

    def __call__(self, question: Question) -> int:
        """Ask, and give how many customers were found."""
        body = json.dumps({"text": question.text, "limit": 20})
        items = json.loads(self._request("POST", "/v1/customers/search", body))["items"]
        if len(self.seen) < READS:
            self.seen.update(item["customer_id"] for item in items)
        return len(items)

    def read(self, customer_id: str) -> float:
        """Read a customer; gives the milliseconds until the answer was there."""
        began = time.perf_counter()
        self._request("GET", f"/v1/customers/{customer_id}")
        return 1000 * (time.perf_counter() - began)

    def _request(self, method: str, path: str, body: str | None = None) -> bytes:
        headers = {HEADER: self._signer.sign(Principal("bench", SCOPES))}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(told.decode())
        return told


def asked_for() -> Iterator[Invented]:
    """Choose people who are in the base."""
    yield from itertools.islice(people(f"{SEED} 0", CHUNK), PEOPLE)


def typed(person: Invented) -> Iterator[Question]:
    """Give what somebody types who looks for the person, letter by letter."""
    told = person.normalised
    given, family = told.names.given or "", told.names.family or ""
    aloud = romanised(told.names.family_kana or family)
    yield from _letters("family name", fold(family), least=1 if not family.isascii() else 2)
    yield from _letters("given and family name", f"{fold(given)} {fold(family)}", least=4)
    if not family.isascii() and aloud:
        yield from _letters("name read aloud", aloud)
    if told.phones:
        [phone] = told.phones
        yield Question("last four digits", phone[-4:], whole=True)
        yield from _letters("whole phone", phone, least=6)
        yield Question("name and last four digits", f"{family} {phone[-4:]}", whole=True)
    if told.emails:
        yield from _letters("e-mail", told.emails[0], least=3)
    if told.cards:
        yield from _letters("card", told.cards[0], least=3)
    if told.addresses:
        yield from _letters("given name and city", f"{given} {told.addresses[0].city}", least=4)
        yield Question("name and city", f"{given} {family} {told.addresses[0].city}", whole=True)
    if len(aloud) > 5 and aloud.isalpha():
        yield Question("name with a slip", aloud[:2] + aloud[3] + aloud[2] + aloud[4:], whole=True)
        yield Question("name with a slip", aloud[:-2] + "q" + aloud[-1], whole=True)
    yield Question("nobody", f"{aloud[:2]}xqzw {aloud[::-1]}", whole=False)


def _letters(kind: str, text: str, *, least: int = 2) -> Iterator[Question]:
    """Type a text; its first letters are a kind of their own, for half the base begins so."""
    for length in range(least, len(text) + 1):
        short = length <= SHORT and kind.endswith("name")
        yield Question(
            "two or three letters" if short else kind, text[:length], whole=length == len(text)
        )


if __name__ == "__main__":
    main()
