"""Names that are figures: e-mail and web addresses, phone numbers, codes, model and version numbers, levels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from groundwire.values.dates import MONTHS
from groundwire.values.model import Kind, Value
from groundwire.values.units import unit_after

_HAS_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>()\[\]\"'`*|]+|"
    r"(?<![\w.-])[\w-]+(?:\.[\w-]+){0,6}\.(?:com|org|net|gov|edu|io|eu|de|uk|example|app)\b(?:/[^\s<>()\[\]\"'`*|]*)?"
)
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+\s?\d{1,3}[\s.-]{0,3})?(?:\(\d{1,4}\)[\s.-]?)?(?:1\s?-\s?)?\d{2,5}(?:\s?[./-]\s?\d{2,8}|\s\d{2,8}){1,4}"
    r"(?![\w%])|\+\d{7,15}\b"
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+")
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d")
_CODE = re.compile(
    r"(?<![\w-])(?=[\w./-]{0,40}\d)(?=[\w./-]{0,40}[A-Za-z])[A-Za-z0-9]+(?:[-/.](?:[A-Z0-9]+[a-z]?|[a-z])(?![A-Za-z]))*(?!\w)"
)
_RATE = re.compile(r"\d+(?:[.,]\d+)?/[A-Za-z]")
_FORM = re.compile(
    r"\b[Ff]orms?\s+(?P<number>\d{1,3}[A-Z]{0,2}\s?-\s?\d{1,5}[A-Za-z]{0,2})\b|"
    r"(?<![\w.,-])(?P<bare>\d\d-\d{4}[a-z]?)(?![\w-])"
)
_VERSION = re.compile(r"\bv\d+(?:\.\d+)*\b|\b\d+\.\d+(?:\.\d+)+\b")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_STANDARD = re.compile(
    r"\b(?:ISO|IEC|EN|DIN)(?:/(?:IEC|TS|EN|ISO))*(?: ISO)?[ -](?P<number>\d{3,6}(?:-\d+)?)(?::\d{4})?\b"
)
# Video sizes, mobile networks, dimensions and drive: the letter is what they are compared by.
_LABEL = re.compile(
    r"\b(?:480|720|1080|1440|2160)[pi]\b|\b[2458][kK]\b(?= (?:video|resolution|camera|UHD|HDR))|\b[2-6]G\b|\b[23]D\b|"
    r"\b[42]x[42]\b"
)
_ALWAYS = re.compile(
    r"\b24/7\b|\b24x7\b|\ba?round[ -]the[ -]clock\b|\bday and night\b|\b24 hours, every day\b|"
    r"\b(?:24|twenty-four) hours(?: (?:a|per) day|, (?:7|seven) days)"
    r"(?:(?:,| and) (?:7|seven) days a week| a week)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<!\w)(?P<name>[A-Za-z]+\.?)[ \u00a0]#?(?P<number>\d+(?:\.\d+)*[A-Za-z]?)\b(?!\s*%|[\s-]*:?\d|,\d|\.\d|[–/]\d)"
)
_NAME = re.compile(r"[A-Z][A-Za-z]*[a-z]|[A-Z]{2,6}")
_NUMBERED_NOUNS = frozenset(
    "level tier form section article step phase version class category grade severity zone terminal gate room building "
    "chapter appendix band stage priority title part row seat platform page annex module error code no.".split()
)
# Capitalised words that stand before a figure without naming anything.
_NOT_NAMES = frozenset(
    "the a an in on at for from after before within only about around over under up allow expect every each these "
    "those all between any some your our their its his her my you we they it i there that this and or but so if "
    "when where while until least most more less than by to of with without per plus minus approximately usd eur "
    "chf gbp inr yes no not also then both either first next last send keep use take get pay bring give add wait "
    "call file submit request please another age aged ages once since during max min maximum minimum total nearly "
    "almost roughly just exactly additional further select choose upload download enter write read ring dial "
    "phone text people users customers employees passengers drivers children adults students members travellers "
    "persons near past through till is are was were costs covers has have as count counting mondays tuesdays "
    "wednesdays thursdays fridays saturdays sundays monday tuesday wednesday thursday friday saturday sunday "
    "press hold see reply turn charge save earn collect need needs via because even still below above beyond "
    "against off out into onto".split()
) | frozenset(MONTHS)
_ORDINARY = re.compile(
    r"\d+(?:[.,]\d+)*(?:st|nd|rd|th|s|k|m|x|h|min|am|pm|d|w|g|kg|km|cm|mm|l|ml|gb|mb|tb|kwh|kw|wh|v|hz|px|bn|mn|a|p|x\d+)",
    re.I,
)
ALWAYS = "around the clock"


def find_addresses(text: str) -> Iterator[Value]:
    """Yield e-mail and web addresses and "24/7"; `literal` is their normal form."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield _identifier(match, "email", match.group().rstrip(".").lower())
    if "." in text or "://" in text:
        for match in _URL.finditer(text):
            yield _identifier(match, "url", _plain_url(match.group()))
    for match in _ALWAYS.finditer(text):
        yield _identifier(match, ALWAYS, "24/7")


def find_phones(text: str) -> Iterator[Value]:
    """Yield phone numbers; `literal` is their digits alone."""
    if not _HAS_DIGIT.search(text):
        return
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 7 <= len(digits) <= 15 and _is_dialled(match.group()):
            yield _identifier(match, "phone", digits)


def _is_dialled(number: str) -> bool:
    if _GROUPED.fullmatch(number) or _YEARS.fullmatch(number):
        return False
    # Two groups alone are mostly an amount or a range: "10000.50", "1000-5000".
    if len(re.findall(r"\d+", number)) == 2 and number[0] not in "+(0":
        return bool(re.fullmatch(r"\d{3}-\d{4}", number))
    # A figure of six digits and more is an amount, unless what it stands behind is dialled first.
    return number[0] in "+(0" or not re.search(r"\d{6}", number)


def find_codes(text: str) -> Iterator[Value]:
    """Yield codes, versions and numbered names; `unit` is their family, `shown` the figure they end in."""
    if not _HAS_DIGIT.search(text):
        return
    for match in _VERSION.finditer(text):
        if not _THOUSANDS.fullmatch(match.group()):
            yield _identifier(match, "version", "version" + match.group().lstrip("v"))
    for match in _LABEL.finditer(text):
        yield _identifier(match, re.sub(r"\d", "", match.group()), match.group().lower())
    for match in _STANDARD.finditer(text):
        yield _identifier(match, "iso", "iso" + match["number"])
    for match in _FORM.finditer(text):
        yield _identifier(match, "form", "form" + re.sub(r"[\s-]", "", match["number"] or match["bare"]).lower())
    yield from _codes(text)
    for match in _NUMBERED.finditer(text):
        name = match["name"].lower().rstrip(".")
        if _is_name(match["name"]) and name not in _NOT_NAMES and not _is_measured(text, match):
            yield _identifier(match, name, name + match["number"].lower())


def _is_name(word: str) -> bool:
    return word.lower() in _NUMBERED_NOUNS or _NAME.fullmatch(word) is not None


def _is_measured(text: str, match: re.Match[str]) -> bool:
    """Whether the figure after a capitalised word has a unit: "Adding 6 GHz" names nothing."""
    if match["name"].endswith("ing") and match.start() == 0:
        return True
    if "." in match["number"] and match["number"][-1].isalpha():
        return True
    after = unit_after(text, match.end())
    return after is not None and after[1] - match.end() > 1


def _is_amount(code: str) -> bool:
    """ "5GB" is a number and its unit."""
    figures = re.match(r"\d[\d.,]*", code)
    unit = unit_after(code, figures.end()) if figures else None
    return unit is not None and unit[1] == len(code)


def _codes(text: str) -> Iterator[Value]:
    for match in _CODE.finditer(text):
        code = match.group()
        if _ORDINARY.fullmatch(code) or re.fullmatch(r"\d+(?:[.,]\d+)?[-/]?[a-z]+(?:-[a-z]+)*", code):
            continue
        if not re.search(r"[A-Z]", code) and not re.fullmatch(r"v\d[\d.]*", code):
            continue
        if _is_amount(code) or _RATE.match(code):
            continue
        literal = re.sub(r"[-/. ]", "", code).lower()
        letters = "".join(re.findall(r"^[a-z]+", literal)) or "code"
        yield _identifier(match, letters, literal)


def _plain_url(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url).rstrip("/.,;:!?").lower()


def _identifier(match: re.Match[str], family: str, literal: str) -> Value:
    text = match.group().rstrip(".,;:!?/") if family in {"url", "email"} else match.group()
    figure = re.search(r"\d+(?:\.\d+)?$", literal)
    shown = Decimal(figure.group()) if figure and len(figure.group()) < 12 else Decimal(0)
    return Value(
        Kind.IDENTIFIER, text, match.start(), match.start() + len(text), unit=family, literal=literal, shown=shown
    )
