"""Numbers as people write them: digits with separators, words, fractions, scales such as k and million."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SMALL = {**_ONES, **_TENS, "dozen": 12}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "m": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "b": 1_000_000_000,
}
_GLYPHS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667"}

_SINGLE = "|".join(sorted((*_ONES, *_TENS), key=len, reverse=True))
_WORDS = rf"(?:{_SINGLE})(?:(?:[ -]|\s+and\s+)(?:{_SINGLE}|hundred|thousand|million|billion|dozen))*"
_GROUP = "[,’'\u00a0\u202f]"
_DIGITS = (
    rf"\d{{1,3}}(?:{_GROUP}\d{{3}})+(?:\.\d+)?(?![\d])|\d{{1,3}}(?:\.\d{{3}}){{2,}}(?:,\d+)?(?!\d)|"
    r"\d{1,3}\.\d{3},\d{2}(?!\d)|\d+[.,]\d+(?!\d)|\d+"
)
NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<digits>{_DIGITS})(?P<glyph>[½¼¾⅓⅔])?"
    rf"(?:(?P<short>[kK]|bn|mn|M(?!\w))(?!\w)|\s+(?P<scale>hundred|thousand|million|billion)\b)?"
    rf"|(?P<lone>[½¼¾⅓⅔])|(?P<words>(?:a\s+)?(?:(?:dozen|hundred|thousand|million)(?:\s+(?:thousand|million|billion))?|{_WORDS})\b(?:\s+and\s+a\s+half\b)?))",
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
            yield Numeral(match.start(), match.end(), amount, match["words"] is not None)


def _amount(match: re.Match[str], text: str) -> Decimal | None:
    if match["words"]:
        return words_to_number(match["words"])
    if match["lone"]:
        return Decimal(_GLYPHS[match["lone"]])
    is_european = "€" in text[max(0, match.start() - 2) : match.end() + 2]
    amount = digits_to_number(match["digits"], is_european=is_european)
    if match["glyph"]:
        amount += Decimal(_GLYPHS[match["glyph"]])
    scale = match["scale"] or match["short"]
    return amount * _SCALES[scale.lower()] if scale else amount


def digits_to_number(digits: str, *, is_european: bool = False) -> Decimal:
    """Return the number that digits with separators stand for.

    A comma before exactly three digits separates thousands, otherwise it is the decimal sign; a full stop is the
    decimal sign unless the text is European ("1.500 €") or several of them, or a comma after it, show otherwise.
    """
    plain = re.sub("[’'\u00a0\u202f]", "", digits)
    if "," in plain and "." in plain:
        thousands = "." if plain.rindex(",") > plain.rindex(".") else ","
        return Decimal(plain.replace(thousands, "").replace(",", "."))
    if "," in plain:
        head, *groups = plain.split(",")
        del head
        is_grouped = all(len(group) == 3 for group in groups)
        return Decimal(plain.replace(",", "" if is_grouped else "."))
    if plain.count(".") > 1 or (is_european and re.fullmatch(r"\d{1,3}\.\d{3}", plain)):
        return Decimal(plain.replace(".", ""))
    return Decimal(plain)


def words_to_number(words: str) -> Decimal | None:
    """Return the number that words stand for ("twenty-one", "two hundred and five", "a dozen"), None if none."""
    lowered = words.lower()
    has_half = bool(re.search(r"and\s+a\s+half$", lowered))
    parts = re.findall(r"[a-z]+", re.sub(r"\s+and\s+a\s+half$", "", lowered))
    total, current = 0, 0
    for part in parts:
        if part in {"and", "a"}:
            continue
        if part in {"hundred", "dozen"}:
            current = max(current, 1) * (100 if part == "hundred" else 12)
        elif part in _SCALES:
            total, current = total + max(current, 1) * _SCALES[part], 0
        elif part in _SMALL:
            if current % 10 and _SMALL[part] < 20:
                return None
            current += _SMALL[part]
        else:
            return None
    return Decimal(total + current) + (Decimal("0.5") if has_half else 0)


def number_to_words(number: int) -> str:
    """Return the English word for a whole number from 0 to 99; raises ValueError outside."""
    if not 0 <= number <= 99:
        raise ValueError(f"only 0 to 99 have words here, not {number!r}")
    for word, value in (*_ONES.items(), *_TENS.items()):
        if value == number:
            return word
    tens = next(word for word, value in _TENS.items() if value == number // 10 * 10)
    return f"{tens}-{number_to_words(number % 10)}"
