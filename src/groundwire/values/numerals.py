"""Numbers as people write them: digits with separators, words, fractions, scales such as k and million."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_UNITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL_WORDS = {word: number for number, word in enumerate((*_UNITS, *_TEENS))} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_SCALES = {
    "hundred": 100,
    "dozen": 12,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "mio": 1_000_000,
    "m": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}
_MULTIPLIERS = frozenset(("hundred", "dozen"))
_GLYPHS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667"}
_SLASHED = {"1/2": "0.5", "1/4": "0.25", "3/4": "0.75", "1/3": "0.333", "2/3": "0.667"}
_FILLERS = frozenset("and a an another further full whole total extra".split())
_REST = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "quarters": Decimal("0.75"), "third": Decimal("0.333")}

# What may follow a number, or a number with its unit: "two and a half", "an hour and a half".
AND_A_HALF = r"\s+and\s+(?P<rest>an?\s+half|an?\s+quarter|an?\s+third|three[ -]quarters)\b(?!\s+(?:past\b|of\s+an?\s))"
_HALF = AND_A_HALF.replace("(?P<rest>", "(?:")
_NO_PLACE = r"(?!-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b)"
_SMALL = rf"(?:(?:{'|'.join(_TENS)}){_NO_PLACE}(?:[ -](?:{'|'.join(_UNITS[1:])}))?|{'|'.join((*_TEENS, *_UNITS))})\b"
_SCALE = r"(?:hundred|thousand|million|billion|dozen)\b"
_POINT = rf"(?:\s+point(?:\s+(?:{'|'.join(_UNITS)})\b)+)?"
_ONE_OF = r"(?:half\s+an?|an?(?:\s+(?:further|full|whole|total|extra))?|another)"
_SCALED = rf"(?:{_ONE_OF}|{_SMALL}{_POINT})(?:{_HALF})?(?:[\s-]+{_SCALE})+"
_WORDS = rf"\b(?:a\s+couple\s+of\b|{_SCALED}(?:\s+(?:and\s+)?(?:{_SCALED}|{_SMALL}))*|{_SMALL}{_POINT})(?:{_HALF})?"
_GROUP = "[,’'\u00a0\u202f]"
# A plain space groups thousands only next to a currency or unit: "1 000 €", but not "Plan 5 100 users".
_SPACED = r"\d{1,3}(?: \d{3})+(?=\s?(?:[€£$¥]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|euros?|dollars?|km|kWh|kg)\b))"
_DIGITS = (
    rf"{_SPACED}|\d{{1,3}}(?:{_GROUP}\d{{3}})+(?:\.\d+)?(?!\d)|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}(?!\d)|"
    r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?!\d)|\d{1,3}\.\d{3},\d{1,2}(?!\d)|\d+[.,]\d+(?!\d)|\d+(?!\d|(?:st|nd|rd|th)\b)"
)
# What a number may begin with, to pass over other words quickly.
_FIRST = r"(?=[\d½¼¾⅓⅔]|an?\s|another|half|ze|on|tw|th[ir]|te|fo|fi|si|se|ei|ni|el)"
NUMBER = re.compile(
    rf"(?:(?P<sign>(?<![\w)%.,€$£])[−-](?=\d)|\bminus\s+)|(?<![\w.,/])){_FIRST}"
    rf"(?:(?P<slash>[123]/[234])(?![\w/])|(?P<digits>{_DIGITS})(?:\s(?P<also>1/[234]|3/4)(?![\w/])|\s?(?P<glyph>[½¼¾⅓⅔])|(?P<half>{_HALF}))?"
    rf"(?:(?P<short>[kK]|bn|mn|M)(?!\w)|\s+(?P<scale>hundred|thousand|million|billion|bn|mn|mio)\b)?"
    rf"|(?P<lone>[½¼¾⅓⅔])|(?P<words>{_WORDS}))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number in a text, `text[start:end]`, and what it amounts to."""

    start: int
    end: int
    amount: Decimal
    is_word: bool


def find_numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text in order; units and currencies are not part of them."""
    for match in NUMBER.finditer(text):
        amount = _amount(match, text)
        if amount is not None:
            signed = -amount if match["sign"] else amount
            # A small m is metres or minutes, unless a currency before it makes it million.
            end = match.start("short") if match["short"] == "m" else match.end()
            yield Numeral(match.start(), end, signed, match["words"] is not None)


def _amount(match: re.Match[str], text: str) -> Decimal | None:
    if match["words"]:
        return words_to_number(match["words"])
    if match["lone"]:
        return Decimal(_GLYPHS[match["lone"]])
    if match["slash"]:
        return Decimal(_SLASHED[match["slash"]]) if match["slash"] in _SLASHED else None
    is_european = "€" in text[max(0, match.start() - 2) : match.end() + 2]
    amount = digits_to_number(match["digits"], is_european=is_european)
    if match["glyph"]:
        amount += Decimal(_GLYPHS[match["glyph"]])
    if match["half"]:
        amount += rest_of(match["half"])
    if match["also"]:
        amount += Decimal(_SLASHED[match["also"]])
    scale = match["scale"] or (match["short"] if match["short"] != "m" else None)
    return amount * _SCALES[scale.lower()] if scale else amount


def digits_to_number(digits: str, *, is_european: bool = False) -> Decimal:
    """Return the number that digits with separators stand for.

    A comma before exactly three digits separates thousands, otherwise it is the decimal sign; a full stop is the
    decimal sign unless the text is European ("1.500 €") or several of them, or a comma after it, show otherwise.
    """
    plain = re.sub("[ ’'\u00a0\u202f]", "", digits)
    if "," in plain and "." in plain:
        thousands = "." if plain.rindex(",") > plain.rindex(".") else ","
        return Decimal(plain.replace(thousands, "").replace(",", "."))
    if "," in plain:
        head, *groups = plain.split(",")
        is_grouped = len(groups[-1]) == 3 and head != "0"
        return Decimal(plain.replace(",", "" if is_grouped else "."))
    if plain.count(".") > 1 or (is_european and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", plain)):
        return Decimal(plain.replace(".", ""))
    return Decimal(plain)


def words_to_number(words: str) -> Decimal | None:
    """Return the number that words stand for ("twenty-one", "fifteen hundred", "a dozen"), None if they are none."""
    lowered = re.sub(r"three[ -]quarters", "quarters", words.lower())
    if lowered.startswith("a couple"):
        return Decimal(2)
    if " point " in lowered:
        return _decimal(lowered)
    parts = re.findall(r"[a-z]+", lowered)
    total, current, seen = Decimal(0), Decimal(0), False
    for part in parts:
        if part in _FILLERS:
            continue
        if part in SMALL_WORDS:
            current += SMALL_WORDS[part]
        elif part in _REST:
            current += _REST[part]
        elif part in _MULTIPLIERS:
            current = (current or Decimal(1)) * _SCALES[part]
        elif part in _SCALES:
            total, current = total + (current or Decimal(1)) * _SCALES[part], Decimal(0)
        else:
            return None
        seen = True
    return total + current if seen else None


def _decimal(words: str) -> Decimal:
    """ "Four point two" is spoken figure by figure, with a scale at most at the end."""
    whole, fraction = (part.split() for part in words.split(" point "))
    figures = "".join(str(SMALL_WORDS[part]) for part in fraction if part in SMALL_WORDS)
    number = Decimal(f"{words_to_number(' '.join(whole)) or 0}.{figures}")
    return number * _SCALES.get(fraction[-1], 1)


def rest_of(words: str) -> Decimal:
    """Return what "a half" or "three quarters" adds to the number before it."""
    return _REST[re.split(r"[\s-]+", words.lower())[-1]]


def number_to_words(number: int) -> str:
    """Return the English word for a whole number from 0 to 99; raises ValueError outside."""
    if not 0 <= number <= 99:
        raise ValueError(f"only 0 to 99 have words here, not {number!r}")
    if number < 20:
        return (*_UNITS, *_TEENS)[number]
    tens = _TENS[number // 10 - 2]
    return f"{tens}-{_UNITS[number % 10]}" if number % 10 else tens
