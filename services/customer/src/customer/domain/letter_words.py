"""The words of erasure letters, in French, English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# ruff: noqa: RUF001 - Japanese has colons and brackets of its own


class LetterLanguage(StrEnum):
    """The languages in which a letter is written."""

    FR = "fr"
    EN = "en"
    JA = "ja"


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says in one language; braces stand for what it is filled with."""

    title: str
    opening: str
    reference: str
    requested: str
    erased: str
    completed: str
    was_erased: str
    nothing: str
    kept: str
    until: str
    for_ever: str
    closing: str
    counted: str
    reason: str
    day: str
    parts: Mapping[str, str]
    terms: Mapping[str, str]


_FR = Words(
    title="Accusé d'effacement de données personnelles",
    opening="Nous avons effacé les données personnelles que nous détenions à votre sujet.",
    reference="Référence : {}",
    requested="Demande du {}",
    erased="Effacement le {}",
    completed="Terminé le {}",
    was_erased="Effacé :",
    nothing="rien n'était détenu",
    kept="Conservé, parce que la loi ou votre propre protection l'exige :",
    until="jusqu'au {}",
    for_ever="sans limite de durée",
    closing="Ce document ne contient aucune donnée personnelle. Empreinte SHA-256 : {}",
    counted="{} : {}",
    reason="{} ({} ; {})",
    day="%d/%m/%Y",
    parts={
        "customer": "Fichier clients",
        "orders": "Commandes et livraisons",
        "complaints": "Réclamations",
        "segmentation": "Segmentation",
    },
    terms={
        "records": "fiches reçues de nos magasins et sites",
        "identifiers": "adresses e-mail, numéros de téléphone et de carte",
        "technical": "entrées techniques de recherche et de rapprochement",
        "customers": "numéros de client",
        "consents": "consentements",
        "attributes": "informations déclarées",
        "interactions": "échanges avec nous",
        "notes": "notes",
        "appointments": "rendez-vous",
        "relationships": "liens avec d'autres personnes",
        "orders": "commandes",
        "returns": "retours",
        "contacts": "coordonnées jointes aux commandes",
        "complaints": "réclamations",
        "profiles": "profils calculés",
        "ids": "numéros de client sans nom",
        "hashes": "empreintes illisibles de fiches",
        "address-hashes": "empreintes d'adresses refusées, illisibles",
        "reads": "journal des consultations, sans nom",
        "never-reused": "un numéro effacé n'est jamais réattribué",
        "no-copy": "une ancienne copie ne doit pas être réimportée",
        "no-writing": "ce qui a été refusé doit le rester",
        "accountability": "il faut pouvoir dire qui a consulté les données",
        "accounting": "pièces comptables : montants, articles et dates, sans la personne",
        "messages": "messages",
        "texts": "textes libres",
        "parcels": "numéros de colis",
        "memberships": "appartenances à des segments",
        "sums": "sommes et dates d'achats",
        "quality": "chiffres de qualité : catégorie, délais et issue, sans la personne",
    },
)

_EN = Words(
    title="Receipt for the erasure of personal data",
    opening="We have erased the personal data that we held about you.",
    reference="Reference: {}",
    requested="Requested on {}",
    erased="Erased on {}",
    completed="Completed on {}",
    was_erased="Erased:",
    nothing="nothing was held",
    kept="Kept, because the law or your own protection asks for it:",
    until="until {}",
    for_ever="without end",
    closing="This document holds no personal data. SHA-256 of the receipt: {}",
    counted="{}: {}",
    reason="{} ({}; {})",
    day="%d %B %Y",
    parts={
        "customer": "Customer records",
        "orders": "Orders and deliveries",
        "complaints": "Complaints",
        "segmentation": "Segments",
    },
    terms={
        "records": "records from our shops and sites",
        "identifiers": "e-mail addresses, phone and card numbers",
        "technical": "technical entries for searching and comparing",
        "customers": "customer numbers",
        "consents": "consents",
        "attributes": "what you told us about yourself",
        "interactions": "contacts with us",
        "notes": "notes",
        "appointments": "appointments",
        "relationships": "ties to other people",
        "orders": "orders",
        "returns": "returns",
        "contacts": "contact details on orders",
        "complaints": "complaints",
        "profiles": "computed profiles",
        "ids": "customer numbers without a name",
        "hashes": "unreadable hashes of records",
        "address-hashes": "unreadable hashes of refused addresses",
        "reads": "log of who looked, without a name",
        "never-reused": "an erased number is never given again",
        "no-copy": "an old copy must not be imported again",
        "no-writing": "what was refused must stay refused",
        "accountability": "it must be known who looked at the data",
        "accounting": "accounting documents: amounts, goods and times, without the person",
        "messages": "messages",
        "texts": "free texts",
        "parcels": "parcel numbers",
        "memberships": "memberships of segments",
        "sums": "sums and dates of purchases",
        "quality": "quality figures: category, times and outcome, without the person",
    },
)

_JA = Words(
    title="個人データ消去証明書",
    opening="当社が保有していたお客様の個人データを消去いたしました。",
    reference="受付番号：{}",
    requested="ご請求日：{}",
    erased="消去日：{}",
    completed="完了日：{}",
    was_erased="消去したもの：",
    nothing="保有データはありませんでした",
    kept="法令またはお客様の保護のために保管するもの：",
    until="{}まで",
    for_ever="期限なし",
    closing="本書に個人データは含まれません。証明書のSHA-256：{}",
    counted="{}：{}件",
    reason="{}（{}、{}）",
    day="%Y年%m月%d日",
    parts={
        "customer": "顧客情報",
        "orders": "ご注文・配送",
        "complaints": "お申し出",
        "segmentation": "顧客区分",
    },
    terms={
        "records": "店舗・サイトから受領した記録",
        "identifiers": "メールアドレス・電話番号・カード番号",
        "technical": "検索・照合用の技術データ",
        "customers": "お客様番号",
        "consents": "同意の記録",
        "attributes": "ご申告いただいた情報",
        "interactions": "ご連絡の記録",
        "notes": "メモ",
        "appointments": "ご予約",
        "relationships": "他の方とのつながり",
        "orders": "ご注文",
        "returns": "ご返品",
        "contacts": "ご注文の連絡先",
        "complaints": "お申し出",
        "profiles": "算出された区分情報",
        "ids": "氏名のないお客様番号",
        "hashes": "復元できない記録のハッシュ値",
        "address-hashes": "拒否された宛先の照合値（判読不可）",
        "reads": "閲覧記録（氏名なし）",
        "never-reused": "消去済みの番号は再使用しないため",
        "no-copy": "古い写しを再び取り込まないため",
        "no-writing": "拒否された連絡を再び行わないため",
        "accountability": "誰が閲覧したかを説明するため",
        "accounting": "会計書類（金額・商品・日時のみ、個人情報なし）",
        "messages": "メッセージ",
        "texts": "自由記述",
        "parcels": "荷物番号",
        "memberships": "区分への所属",
        "sums": "購入の集計",
        "quality": "品質統計（分類・期間・結果のみ、個人情報なし）",
    },
)

WORDS = {LetterLanguage.FR: _FR, LetterLanguage.EN: _EN, LetterLanguage.JA: _JA}

TERM_OF = {
    "source_records": "records",
    "identifiers": "identifiers",
    "customers": "customers",
    "consents": "consents",
    "attribute_values": "attributes",
    "interactions": "interactions",
    "notes": "notes",
    "appointments": "appointments",
    "relationships": "relationships",
    "orders": "orders",
    "returns": "returns",
    "contacts": "contacts",
    "complaints": "complaints",
    "profiles": "profiles",
    "messages": "messages",
    "memberships": "memberships",
    "parcel_numbers": "parcels",
    **dict.fromkeys(("line_descriptions", "tracking_texts"), "texts"),
    **dict.fromkeys(("spendings", "order_facts", "return_facts", "complaint_facts"), "sums"),
    "ids": "ids",
    "record-hashes": "hashes",
    "address-hashes": "address-hashes",
    "reads": "reads",
    "never-reused": "never-reused",
    "not-imported-again": "no-copy",
    "not-written-to-again": "no-writing",
    "accountability": "accountability",
    (
        "accounting documents: amounts, goods and times,"
        " without whose they were and without free text"
    ): "accounting",
    (
        "quality figures: category, team, times and outcome,"
        " without whose they were and what was said"
    ): "quality",
    **dict.fromkeys(
        (
            "blocking_keys",
            "record_traits",
            "search_keys",
            "match_candidate_judgements",
            "match_candidate_steps",
            "proposed_parts",
            "match_candidates",
            "kept_apart",
            "rulings",
            "attribute_locks",
            "judgements",
            "merges",
            "customer_aliases",
            "idempotency",
            "order_references",
            "reused_references",
            "kept_answers",
            "pending_claims",
        ),
        "technical",
    ),
}
"""The term for what a part calls by a name of its own; several names may share one."""
