"""Writing a message: the template of its kind and language, filled with what its order says."""

from __future__ import annotations

import re
import tomllib
from email.utils import parseaddr
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chassis.errors import FieldProblem
from orders.adapters.messages.sandbox import Sandbox
from orders.adapters.messages.telling import Teller
from orders.domain.messages import (
    LANGUAGES,
    MessageKind,
    Template,
    TemplateInvalid,
    TemplateUnknown,
    Written,
)
from orders.domain.tracking import Tracking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orders.domain.order import Order

_LONGEST_SUBJECT = 200
_GAP = re.compile(r"\n{3,}")
_DEFAULTS = files("orders.adapters.messages") / "defaults"


class Composer:
    """Writes messages; `public_url` is where customers reach the gateway, for parcels' pages."""

    def __init__(self, *, public_url: str | None, house: str | None) -> None:
        """Read what comes with the service; `house` is the name that messages are signed with."""
        self._public_url = None if public_url is None else public_url.rstrip("/")
        self._house = house
        self._of = {language: _read(language) for language in LANGUAGES}
        self._sandbox = Sandbox(_partials())

    def built_in(self, kind: MessageKind, language: str) -> Template | None:
        """Give the house's own template, if it is written in that language."""
        if language not in self._of:
            return None
        told = self._of[language]["templates"][kind.value]
        parts: list[str] = told["parts"]
        return Template(
            kind=kind,
            language=language,
            brand="",
            version=0,
            subject=told["subject"],
            text="\n".join(
                [
                    _include("hello.txt"),
                    "",
                    "",
                    told["lead"],
                    "",
                    "",
                    *(_include(f"{part}.txt") for part in [*parts, "goodbye"]),
                ]
            ),
            html="\n".join(
                [
                    _include("hello.html"),
                    f"<p>{told['lead']}</p>",
                    *(_include(f"{part}.html") for part in [*parts, "goodbye"]),
                ]
            ),
        )

    def template_for(
        self, kind: MessageKind, languages: Sequence[str], *, edited: Template | None
    ) -> Template:
        """Give the template of the first language that there is; an edited one before ours.

        Raises `TemplateUnknown`.
        """
        for language in languages:
            if edited is not None and edited.language == language:
                return edited
            built_in = self.built_in(kind, language)
            if built_in is not None:
                return built_in
        raise TemplateUnknown

    def write(
        self,
        template: Template,
        order: Order,
        contact: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> Written:
        """Fill a template; raises `TemplateInvalid` with the part and the line that cannot be.

        A subject that a long name makes too long is cut: the message goes all the same.
        """
        told = self._told(template, order, contact, facts)
        subject = " ".join(self._sandbox.text(template.subject, told, field="subject").split())
        if not subject:
            mend = "Write a subject that is not empty."
            field = FieldProblem("subject", "is empty", mend)
            raise TemplateInvalid(f"subject is empty. {mend}", fields=[field])
        if len(subject) > _LONGEST_SUBJECT:
            subject = subject[: _LONGEST_SUBJECT - 1] + "…"
        return Written(
            language=template.language,
            template_version=template.version,
            subject=subject,
            text=_GAP.sub("\n\n", self._sandbox.text(template.text, told, field="text")).strip(),
            html=self._sandbox.html(template.html, told, field="html"),
        )

    def _told(
        self,
        template: Template,
        order: Order,
        contact: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> dict[str, Any]:
        teller = Teller(template.language, order)
        parcels = [
            teller.parcel(parcel, url=self._url(parcel.token))
            for parcel in order.parcels
            if str(parcel.shipment_id) == facts.get("shipment_id")
            or str(parcel.id) == facts.get("parcel_id")
        ]
        base = template.language.partition("-")[0]
        words = self._of.get(base, self._of["en"])
        status = facts.get("status")
        refunded = facts.get("refunded_minor")
        return {
            "language": template.language,
            "words": words["words"],
            "house": self._house,
            "customer": {"name": contact.get("name")},
            "gift_message": contact.get("gift_message"),
            "order": teller.order(),
            "parcels": parcels,
            "status": None if status is None else words["incidents"].get(Tracking(status).value),
            "called_off": teller.called_off(facts.get("called_off", ())),
            "refunded": None if refunded is None else teller.money(refunded),
        }

    def _url(self, token: str) -> str | None:
        return None if self._public_url is None else f"{self._public_url}/v1/tracking/{token}"


def composer_of(public_url: str | None, sender: str) -> Composer:
    """Make a composer that signs with the sender's name, if it has one."""
    return Composer(public_url=public_url, house=parseaddr(sender)[0] or None)


def _include(name: str) -> str:
    return f'{{% include "{name}" %}}'


def _read(language: str) -> dict[str, Any]:
    return tomllib.loads((_DEFAULTS / f"{language}.toml").read_text(encoding="utf-8"))


def _partials() -> dict[str, str]:
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in _DEFAULTS.iterdir()
        if file.name.endswith((".txt", ".html"))
    }
