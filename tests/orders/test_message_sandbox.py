"""What no template can do: grow, keep the process busy, or write what cannot be kept."""

import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from orders.adapters.messages.composing import Composer
from orders.adapters.messages.sample import SAMPLE_CONTACT, SAMPLE_ORDER
from orders.domain.messages import MessageKind, TemplateInvalid
from orders.domain.order import Order
from tests.orders.test_changing import slug
from tests.orders.test_message_templates import GOOD, URL

COMPOSER = Composer(public_url=None, house=None)
PATIENCE_SECONDS = 2
MANY = 2_000


def large_order(**changes: Any) -> Order:
    """Give an order of as many lines as the service takes."""
    [line, _] = SAMPLE_ORDER.lines
    lines = tuple(
        replace(line, line_no=number, description="Carré de soie <brodé> & signé " * 8)
        for number in range(1, MANY + 1)
    )
    return replace(SAMPLE_ORDER, lines=lines, **changes)


def fill(text: str, order: Order = SAMPLE_ORDER) -> str:
    template = COMPOSER.built_in(MessageKind.CONFIRMED, "en")
    assert template is not None
    return COMPOSER.write(replace(template, text=text), order, SAMPLE_CONTACT, {}).text


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("doubled", "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 40),
        ("added", "{{ 'x' + 'x' }}"),
        ("kept", "{% set a %}{{ order }}{{ order }}{% endset %}"),
        ("filtered", "{% filter upper %}{{ order.reference }}{% endfilter %}"),
        ("joined", "{{ order.lines|join(order.lines|join) }}"),
        ("listed", "{{ [1, 2]|join }}"),
        ("deep", "{{ " + "(" * 400 + "1" + ")" * 400 + " }}"),
        ("deeper", "{% if 1 %}" * 150 + "{% endif %}" * 150),
        ("negated", "{{ " + "not " * 5_000 + "1 }}"),
        ("chained", "{{ " + "1 and " * 8_000 + "1 }}"),
        ("recursive", "{% for a in order.lines recursive %}{% endfor %}"),
        ("inherited", "{% extends 'order.txt' %}"),
        ("imported", "{% import 'order.txt' as x %}"),
        ("named by another", "{% include customer.name %}"),
        ("included in a loop", "{% for a in order.lines %}{% include 'order.txt' %}{% endfor %}"),
        ("underscored", "{{ _steps }}"),
        ("counter", "{{ order.lines|_counted(0) }}"),
        ("unescaped", "{% autoescape false %}{{ order.reference }}{% endautoescape %}"),
        ("whole", "{{ order }}"),
        ("method", "{{ order.copy }}"),
        ("itself", "{{ self }}"),
        ("control characters", "Hello \x1b[2J"),
    ],
    ids=lambda told: told if len(told) < 20 else "",
)
async def test_what_could_grow_or_reach_further_is_refused(
    client: httpx.AsyncClient, name: str, source: str
) -> None:
    began = time.monotonic()
    refused = await client.put(URL, json=GOOD | {"text": source})
    assert (refused.status_code, slug(refused)) == (422, "template-invalid"), refused.text
    assert time.monotonic() - began < PATIENCE_SECONDS


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in order.lines %}{% for b in order.lines %}{% endfor %}{% endfor %}" * 500,
        "{% for a in order.lines %}" + "{% if a %}{% endif %}" * 2_000 + "{% endfor %}",
        "{% for a in order.lines %}{% for b in order.lines if loop %}{% endfor %}{% endfor %}",
        "{% for a in order.lines %}{{ order.lines|join(attribute='sku')|length }}{% endfor %}",
        "{% for a in order.lines %}" + "x" * 10_000 + "{% endfor %}",
    ],
    ids=["nested", "long", "asking", "joining", "writing"],
)
def test_what_is_harmless_with_the_sample_is_stopped_with_a_large_order(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateInvalid):
        fill(source, large_order())
    assert time.monotonic() - began < PATIENCE_SECONDS


@pytest.mark.parametrize("language", ["en", "fr", "ja"])
def test_the_largest_order_can_be_confirmed(language: str) -> None:
    template = COMPOSER.built_in(MessageKind.CONFIRMED, language)
    assert template is not None
    written = COMPOSER.write(template, large_order(), SAMPLE_CONTACT, {})
    assert written.text.count("signé") == written.html.count("signé") == 8 * MANY


def test_an_edited_template_may_loop_over_the_largest_order() -> None:
    row = (
        "{% for line in order.lines %}{{ loop.index }} {{ line.name|upper|trim }} {{ line.total }}"
    )
    assert fill(row + "{% endfor %}", large_order()).count("€") == MANY


def test_what_cannot_be_kept_is_left_out() -> None:
    assert fill(r'a{{ "\x00\ud800\x1b" }}b') == "ab"


def test_what_is_not_there_is_shown_as_nothing() -> None:
    assert fill("[{{ order.store }}]") == "[]"


async def test_the_line_is_named_where_a_name_is_wrong(client: httpx.AsyncClient) -> None:
    source = "Hello\n{% for line in order.lines %}\n{{ line.colour }}\n{% endfor %}"
    refused = await client.put(URL, json=GOOD | {"text": source})
    [problem] = refused.json()["errors"]
    assert problem["problem"].startswith("line 3: ")


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("cancelled", "{% if called_off %}a part{% else %}{{ order.nothing }}{% endif %}"),
        ("incident", "{% if order.delivery %}{% else %}{{ order.nothing }}{% endif %}"),
        ("confirmed", "{% if customer.name %}{% else %}{{ order.nothing }}{% endif %}"),
        ("shipped", "{% if parcels[0].promised_on %}{% else %}{{ order.nothing }}{% endif %}"),
    ],
)
async def test_a_branch_that_the_sample_does_not_take_is_tried_as_well(
    client: httpx.AsyncClient, kind: str, source: str
) -> None:
    refused = await client.put(URL.replace("confirmed", kind), json=GOOD | {"text": source})
    assert (refused.status_code, slug(refused)) == (422, "template-invalid"), refused.text


def test_a_long_name_does_not_keep_a_message_back() -> None:
    template = COMPOSER.built_in(MessageKind.CONFIRMED, "en")
    assert template is not None
    mine = replace(template, subject="For {{ customer.name }}")
    written = COMPOSER.write(mine, SAMPLE_ORDER, {"name": "Anna " * 100}, {})
    assert len(written.subject) == 200
    assert written.subject.endswith("…")
