"""What the public tracking page says, in each of its languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from orders.domain.incidents import IncidentReason as Reason
from orders.domain.tracking import Tracking

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's words."""

    language: str
    own_name: str
    title: str
    number: str
    carrier: str
    since: str
    history: str
    no_history: str
    steps: tuple[str, str, str, str]
    disputed: str
    local_times: str
    live: str
    not_found: str
    not_found_help: str
    statuses: dict[Tracking, str]
    reasons: dict[Reason, str]
    moment: Callable[[datetime], str]
    promised: str
    expected: str
    day: Callable[[date], str]
    window: Callable[[date, date], str]


_MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"),
    *("octobre", "novembre", "décembre"),
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def _jour(on: date) -> str:
    day = "1er" if on.day == 1 else str(on.day)
    return f"{day} {_MOIS[on.month - 1]} {on.year}"


def _le(at: datetime) -> str:
    return f"{_jour(at)} à {at:%H:%M}"


def _entre(first: date, last: date) -> str:
    return f"le {_jour(first)}" if first == last else f"entre le {_jour(first)} et le {_jour(last)}"


def _day(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def _on(at: datetime) -> str:
    return f"{_day(at)} at {at:%H:%M}"


def _between(first: date, last: date) -> str:
    return _day(first) if first == last else f"between {_day(first)} and {_day(last)}"


def _hi(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _ja(at: datetime) -> str:
    return f"{_hi(at)} {at:%H:%M}"


def _kara(first: date, last: date) -> str:
    return _hi(first) if first == last else f"{_hi(first)}から{_hi(last)}の間"


def _statuses(*words: str) -> dict[Tracking, str]:
    return dict(zip(Tracking, words, strict=True))


def _reasons(*words: str) -> dict[Reason, str]:
    return dict(zip(Reason, words, strict=True))


ENGLISH = Words(
    language="en",
    own_name="English",
    title="Your parcel",
    number="Tracking number",
    carrier="Carrier",
    since="Since",
    history="History",
    no_history="Nothing has been told of this parcel yet.",
    steps=("Announced", "On its way", "Out for delivery", "Delivered"),
    disputed="It was seen on its way after it was said to be delivered. We are looking into it.",
    local_times="Times are local, as the carrier told them.",
    live="This page follows the parcel by itself.",
    not_found="We do not know this parcel",
    not_found_help="The link may be incomplete, or may have ended. Open it again from your message,"
    " or ask the shop where you bought.",
    statuses=_statuses(
        *("News from the carrier", "Announced to the carrier", "Picked up", "On its way"),
        *("In customs", "On hold", "Out for delivery", "Delivery was attempted"),
        *("Ready to be collected", "Going back to the sender", "Delivered", "Lost or damaged"),
        "Returned to the sender",
    ),
    reasons=_reasons(
        *("nobody was there", "the name is not known at the address", "the address is not right"),
        *("the place was closed", "it was refused", "it is damaged", "it cannot be found"),
        *("it was stolen", "it went the wrong way", "customs hold it", "papers are missing"),
        *("a payment is due", "a security check", "bad weather", "a strike", "many parcels"),
        *("a breakdown of the vehicle", "held as was asked", "it was not collected"),
        *("the carrier is late", "it goes to another place", "it was called off", "other"),
    ),
    moment=_on,
    promised="Promised by",
    expected="Expected",
    day=_day,
    window=_between,
)
FRENCH = Words(
    language="fr",
    own_name="Français",
    title="Votre colis",
    number="Numéro de suivi",
    carrier="Transporteur",
    since="Depuis le",
    history="Historique",
    no_history="Rien n’a encore été communiqué sur ce colis.",
    steps=("Annoncé", "En route", "En cours de livraison", "Livré"),
    disputed="Il a été vu en route après avoir été annoncé livré. Nous nous renseignons.",
    local_times="Les heures sont locales, telles que le transporteur les a données.",
    live="Cette page suit le colis d’elle-même.",
    not_found="Nous ne connaissons pas ce colis",
    not_found_help="Le lien est peut-être incomplet ou expiré. Rouvrez-le depuis votre message, ou "
    "adressez-vous à la boutique où vous avez acheté.",
    statuses=_statuses(
        *("Nouvelle du transporteur", "Annoncé au transporteur", "Pris en charge", "En route"),
        *("En douane", "En attente", "En cours de livraison", "Livraison tentée"),
        *("À retirer", "En retour vers l’expéditeur", "Livré", "Perdu ou endommagé"),
        "Retourné à l’expéditeur",
    ),
    reasons=_reasons(
        *("personne n’était présent", "nom inconnu à l’adresse", "adresse incorrecte"),
        *("le lieu était fermé", "refusé", "endommagé", "introuvable", "volé", "mal acheminé"),
        *("retenu en douane", "documents manquants", "un paiement est dû"),
        *("contrôle de sécurité", "intempéries", "grève", "forte affluence"),
        *("panne du véhicule", "gardé à la demande", "non retiré"),
        *("retard du transporteur", "redirigé", "annulé", "autre"),
    ),
    moment=_le,
    promised="Promis au plus tard le",
    expected="Arrivée prévue",
    day=_jour,
    window=_entre,
)
JAPANESE = Words(
    language="ja",
    own_name="日本語",
    title="お荷物の状況",
    number="追跡番号",
    carrier="配送会社",
    since="更新",
    history="履歴",
    no_history="まだ情報がありません。",
    steps=("受付", "輸送中", "配達中", "配達完了"),
    disputed="配達完了の後に輸送中の記録がありました。確認しております。",
    local_times="時刻は配送会社から伝えられた現地時刻です。",
    live="このページは自動的に更新されます。",
    not_found="このお荷物は見つかりません",
    not_found_help="リンクが不完全か、期限が切れている可能性があります。メッセージからもう一度開くか、"
    "ご購入の店舗にお問い合わせください。",
    statuses=_statuses(
        *("配送会社からの連絡", "発送準備中", "集荷済み", "輸送中", "通関中", "保留中", "配達中"),
        *("配達を試みました", "受け取り可能", "差出人へ返送中", "配達完了", "紛失または破損"),
        "差出人へ返送済み",
    ),
    reasons=_reasons(
        *("ご不在", "宛名不明", "住所不備", "施設休業", "受取拒否", "破損", "紛失", "盗難"),
        *("誤送", "税関保留", "書類不足", "お支払い待ち", "保安検査", "悪天候", "ストライキ"),
        *(
            "混雑",
            "車両故障",
            "ご依頼による保管",
            "保管期限切れ",
            "配送の遅れ",
            "届け先の変更",
            "取消",
            "その他",
        ),
    ),
    moment=_ja,
    promised="お届け予定期限",
    expected="到着見込み",
    day=_hi,
    window=_kara,
)
LANGUAGES = {words.language: words for words in (FRENCH, ENGLISH, JAPANESE)}


def words_for(asked: str | None, accepted: str | None) -> Words:
    """Give the language that was asked for, else the best that is accepted, else English."""
    if asked in LANGUAGES:
        return LANGUAGES[asked]
    best, best_weight = ENGLISH, 0.0
    for item in (accepted or "").split(","):
        tag, _, parameter = item.partition(";")
        words = LANGUAGES.get(tag.strip().lower().partition("-")[0])
        weight = weight_of(parameter)
        if words is not None and weight > best_weight:
            best, best_weight = words, weight
    return best


def weight_of(parameter: str) -> float:
    """Read `q=0.8`; without it 1, and 0 for what cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
