"""Names of every script in one Latin form; kanji are never read as Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.hangul import read_hangul
from customer.domain.honorifics import without_honorific
from customer.domain.kana import read_kana
from customer.domain.romanisation import romanised
from customer.domain.text import fold

ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
JAPANESE_TEXT = st.text(alphabet="あいうえおかきくげごさじしゃゅょっんーウエオョ ouhn", max_size=12)
LATIN_WORDS = st.text(alphabet="abehiknortuy' -", max_size=12)


@given(ANY_TEXT | JAPANESE_TEXT | LATIN_WORDS)
def test_no_text_breaks_it_and_doing_it_twice_is_doing_it_once(text: str) -> None:
    latin = romanised(text)

    assert latin.isascii()
    assert romanised(latin) == latin
    assert fold(latin) == latin


@given(JAPANESE_TEXT, st.sampled_from(["ja", "zh-Hans", "fr", None]))
def test_in_any_language_twice_is_once(text: str, language: str | None) -> None:
    latin = romanised(text, language=language)

    assert romanised(latin, language=language) == latin


@pytest.mark.parametrize(
    "written", ["オオタニ", "おおたに", "ｵｵﾀﾆ", "Ohtani", "Ōtani", "Ootani", "OTANI", "Outani"]
)
def test_one_japanese_name_in_many_spellings_is_one(written: str) -> None:
    assert romanised(written) == "otani"


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("ヤマダ タロウ", "yamada taro"),
        ("しょうこ", "shoko"),
        ("じゅんいち", "junichi"),
        ("Jun'ichi", "junichi"),
        ("マッチ", "matchi"),
        ("ニーナ", "nina"),
        ("ファビオ", "fabio"),
        ("ヴァネッサ", "vanessa"),
        ("イトウ", "ito"),
        ("Itoh", "ito"),
        ("井上 イノウエ", "inoe"),
        ("Inoue", "inoe"),
    ],
)
def test_kana_are_read_by_hepburn_with_long_vowels_folded(written: str, latin: str) -> None:
    assert romanised(written) == latin


@pytest.mark.parametrize(
    "written", ["John", "Kohn", "Louis", "Young", "Cohen", "Woods", "Moore", "Rousseau"]
)
def test_other_latin_names_keep_their_vowels(written: str) -> None:
    assert romanised(written) == written.lower()


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("François Müller", "francois muller"),
        ("김 민준", "kim minjun"),
        ("박 지성", "park jiseong"),
        ("Юрий Щукин", "yuri shchukin"),
        ("Сергей Достоевский", "sergei dostoevski"),
        ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos"),
        ("Χρήστος", "christos"),
        ("محمد", "mhmd"),
        ("ქეთევან", "ketevan"),
    ],
)
def test_other_scripts_are_read_by_their_own_rules(written: str, latin: str) -> None:
    assert romanised(written) == latin


@pytest.mark.parametrize("written", ["田中", "桜井さくら", "佐々木", "東海林", "𠮷田"])
def test_kanji_without_a_reading_give_nothing(written: str) -> None:
    assert romanised(written) == ""


def test_furigana_beside_kanji_are_read() -> None:
    assert romanised("東海林 とうかいりん") == "tokairin"


def test_only_chinese_is_read_as_chinese() -> None:
    assert romanised("王小明", language="zh-Hans") == "wangxiaoming"
    assert romanised("王小明", language="ja") == ""


def test_a_final_consonant_moves_on_to_a_vowel() -> None:
    assert read_hangul("민아") == "mina"
    assert read_hangul("혁아") == "hyeoga"


@given(st.text(alphabet=[chr(code) for code in range(0x3041, 0x30FF)], max_size=12))
def test_any_kana_can_be_read(letters: str) -> None:
    assert isinstance(read_kana(letters), str)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("田中様", "田中"),
        ("田中さん", "田中"),
        ("田中由紀先生", "田中由紀"),
        ("김민준님", "김민준"),
        ("ハッサン", "はっさん"),
        ("さん", "さん"),
    ],
)
def test_an_honorific_in_one_word_with_the_name_is_taken_off(written: str, name: str) -> None:
    assert without_honorific(written) == name


def test_old_forms_of_kanji_are_folded_to_the_common_one() -> None:
    assert fold("髙橋 渡邊 齋藤 𠮷田 濵﨑") == "高橋 渡辺 斎藤 吉田 浜崎"
