"""Names and addresses of people everywhere, as they are written and as they reach Jumio."""

# ruff: noqa: RUF001 the letters of many scripts look like those of another
import unicodedata

import pytest

from verification.domain.formats import PREPARED_DATA

NAMES = {
    "Austria": ("Jörg-Uwe", "Öllinger"),
    "Bangladesh": ("রহিমা", "খাতুন"),
    "Brazil": ("João", "d'Ávila e Sá"),
    "Cambodia": ("សុខា", "ចាន់"),
    "China": ("小明", "欧阳"),
    "Czechia": ("Jiří", "Dvořák"),
    "Denmark": ("Søren", "Ærø"),
    "Egypt": ("عبد الله", "الشافعي"),
    "Ethiopia": ("አበበ", "ቢቂላ"),
    "France": ("Jean‑François", "L’Hôpital"),
    "Georgia": ("ნინო", "ბერიძე"),
    "Greece": ("Ελένη", "Παπαδοπούλου"),
    "Hawaii": ("Keʻala", "Kahananui"),
    "Iceland": ("Þórdís", "Guðmundsdóttir"),
    "India, Kerala": ("സുരേഷ്", "കുമാര്\u200d"),  # an old spelling of the last letter
    "India, Maharashtra": ("श्रीमती", "र\u094d\u200dय"),
    "Iran": ("محمد\u200cرضا", "علی\u200cپور"),
    "Ireland": ("Seán", "Ó Súilleabháin"),
    "Israel": ("שָׂרָה", "בן־גוריון"),
    "Japan": ("さくら", "\U00020bb7田"),  # of two units in UTF-16
    "Japan, with a variant": ("辻\U000e0100", "葛\U000e0101城"),
    "Kazakhstan": ("Әлия", "Қасымова"),
    "Korea": ("지우", "김"),
    "Maldives": ("އަލީ", "ޙުސައިން"),
    "Myanmar": ("အောင်ဆန်း", "ခိုင်"),
    "Nigeria": ("Ọlábísí", "Adébáyọ̀"),
    "Poland": ("Łukasz", "Wiśniewski-Żak"),
    "Romania": ("Ștefan", "Țurcanu"),
    "Russia": ("Семён", "Щукин"),
    "Sri Lanka": ("ශ්\u200dරී", "ලක්\u200dෂ්මී"),
    "Thailand": ("สมชาย", "ใจดี"),
    "Turkey": ("İbrahim", "Işık"),
    "Ukraine": ("Мар'яна", "Їжакевич"),
    "United States": ("Mary Jane", "O'Neil Jr. III"),
    "Vietnam": ("Nguyễn Thị", "Phượng"),
    "Wales": ("Siân", "ap Gwilym (Jones)"),
}
ADDRESSES = [
    "1-2-3 〒100-0001, 東京都千代田区",
    "ul. Świętej Trójcy 5/7 m. 3",
    "Hauptstraße 12½ – Stiege №2",
    "Calle 5ª, nº 12, 3º dcha.",
    'Flat #4, "The Elms" & Co. @ Mill',
    "10 rue de l\N{RIGHT SINGLE QUOTATION MARK}Église",
]
BLANKS = [one for one in map(chr, range(0x10000)) if unicodedata.category(one) == "Zs"]


def sent(text: str, member: str = "firstName") -> str:
    return PREPARED_DATA[member](text)


@pytest.mark.parametrize("country", NAMES)
def test_the_names_of_a_country_pass_as_they_are_written(country: str) -> None:
    first, last = NAMES[country]
    assert sent(first) == unicodedata.normalize("NFC", first)
    assert sent(last, "lastName") == unicodedata.normalize("NFC", last)


@pytest.mark.parametrize("line", ADDRESSES)
def test_lines_of_addresses_pass_as_they_are_written(line: str) -> None:
    for member in ("address.line1", "address.city", "id.idNumber"):
        assert sent(line, member) == line


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_blank_of_any_width_is_a_blank(blank: str) -> None:
    assert sent(f"山田{blank}太郎") == "山田 太郎"
    assert sent(f"{blank}Ada{blank}{blank}") == "Ada"
    with pytest.raises(ValueError, match="characters"):
        sent(blank)


def test_there_are_blanks_of_many_widths() -> None:
    assert set("\u00a0\u202f\u3000") < set(BLANKS)


@pytest.mark.parametrize(
    "name",
    [
        "Ada\n",
        "Ada\tLovelace",
        "Ada\r\nX: 1",
        "A\x00da",
        "A\x1bda",
        "A\x7fda",
        "A\x85da",
        "A\u00adda",  # a soft hyphen
        "A\u200bda",  # a blank without width
        "Ada\u200b",
        "\ufeffAda",
        "A\u202eda",  # what follows runs the other way
        "A\u2066da",
        "A\u200eda",
        "A\u2060da",
        "Ada\u2028Lovelace",
        "Ada\u2029Lovelace",
        "A\U000e0041da",  # a tag
        "A\ud800da",
        "A\ue000da",
        "A\uffffda",
        "\u200d",
        "\u200cAda",
        "Ada\u200d",
        "Ada\u200c Lovelace",
        "Ada \u200dLovelace",
        "Ada\u200c\u200dLovelace",
        "Ada-\u200dLovelace",
        "\U0001f469\u200d\U0001f680",
        "",
        "   ",
    ],
    ids=ascii,
)
def test_what_nobody_can_see_is_refused(name: str) -> None:
    for member in ("firstName", "address.line1"):
        with pytest.raises(ValueError, match=r"characters|invisible"):
            sent(name, member)


@pytest.mark.parametrize("invisible", ["\u200b", "\x00", "\u202e", "\u200d", "\u2060"], ids=ascii)
def test_an_e_mail_address_has_nothing_invisible_either(invisible: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        sent(f"ada{invisible}@people.example", "email")
    assert sent("jörg@bücher.example", "email") == "jörg@bücher.example"


def test_letters_are_composed() -> None:
    assert sent("Nguye\u0302\u0303n") == "Nguyễn"
    assert sent("\u1112\u1161\u11ab") == "한"


@pytest.mark.parametrize("name", ["\ufa19谷", "\uf9dc", "\U0002f81a"], ids=ascii)
def test_a_variant_that_somebody_is_called_by_stays_one(name: str) -> None:
    """Composing would write \u795e谷, which is another name on another document."""
    assert unicodedata.normalize("NFC", name) != name
    assert sent(name) == name


def test_a_length_is_that_of_what_is_sent_and_counted_in_utf_16() -> None:
    decomposed = "e\u0301"
    assert sent(decomposed * 100) == "é" * 100
    assert sent("\U00020bb7" * 50) == "\U00020bb7" * 50
    assert sent(" " + "x" * 100 + "\u3000") == "x" * 100
    for long in ("x" * 101, "\U00020bb7" * 51, decomposed * 101, "x" * 1_000_000):
        with pytest.raises(ValueError, match="1 to 100 characters"):
            sent(long)
