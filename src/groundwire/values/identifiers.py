"""Names that are figures: e-mail and web addresses, phone numbers, codes, model and version numbers, levels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundwire.values.dates import MONTHS
from groundwire.values.model import Kind, Value

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"'`*]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|io|eu|de|uk|example|app)(?:/[^\s<>()\[\]\"'`*]*)?")
_PHONE = re.compile(r"(?<![\w.,])(?:\+\s?\d{1,3}[\s.-]{0,3})?(?:\(\d{1,4}\)[\s.-]?)?(?:1\s?-\s?)?\d{2,5}(?:\s?[./-]\s?\d{2,5}|\s\d{2,5}){1,4}(?![\w%])|\+\d{7,15}\b")
_CODE = re.compile(r"(?<![\w-])(?=[\w./-]*\d)(?=[\w./-]*[A-Za-z])[A-Za-z0-9]+(?:[-/.]?[A-Za-z0-9]+)*(?![\w-])")
_VERSION = re.compile(r"\bv?\d+\.\d+(?:\.\d+)+\b")
_CLOCK_ROUND = re.compile(r"\b24/7\b|\b24x7\b")
_NUMBERED = re.compile(
    r"\b(?P<name>[Ll]evel|[Tt]ier|[Ff]orm|[Ss]ection|[Aa]rticle|[Ss]tep|[Pp]hase|[Vv]ersion|[Cc]lass|[Cc]ategory|[Gg]rade|"
    r"[Ss]everity|[Zz]one|[Tt]erminal|[Gg]ate|[Rr]oom|[Bb]uilding|[Cc]hapter|[Aa]ppendix|[Bb]and|[Ss]tage|[Pp]riority|"
    r"[Tt]itle|[Pp]art|[Nn]o\.|[Ee]rror|[Cc]ode|[A-Z][A-Za-z]*[a-z]|[A-Z]{2,6})[ \u00a0]#?(?P<number>\d+(?:\.\d+)*[A-Za-z]?)\b"
    r"(?![\s-]*(?:%|percent|hours?|days?|weeks?|months?|years?|minutes?|business|working|euros?|dollars?|GB|MB|kg|km|,\d|\.\d|:))"
)  # fmt: skip
# Capitalised words that stand before a figure without naming anything.
_NOT_NAMES = frozenset(
    "the a an in on at for from after before within only about around over under up allow expect every each these those all "
    "between any some your our their its his her my you we they it i there that this and or but so if when where while until "
    "least most more less than by to of with without per plus minus around approximately usd eur chf gbp inr yes no not also "
    "then both either first next last send keep use take get pay bring give add wait call file submit request please another "
    "age aged ages once since during max min maximum minimum total nearly almost roughly just exactly additional further "
    "select choose upload download enter write read".split()
) | frozenset(MONTHS)
_ORDINARY = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th|s|k|m|x|h|min|am|pm|d|w|g|kg|km|cm|mm|l|ml|gb|mb|tb|kwh|kw|v|hz|px|bn|mn|a|x\d+)", re.I)


def find_identifiers(text: str) -> Iterator[Value]:
    """Yield identifiers; `unit` is their family (email, url, phone or the code's letters), `literal` their normal form."""
    for match in _EMAIL.finditer(text):
        yield _identifier(match, "email", match.group().rstrip(".").lower())
    for match in _URL.finditer(text):
        yield _identifier(match, "url", _plain_url(match.group()))
    for match in _CLOCK_ROUND.finditer(text):
        yield _identifier(match, "around the clock", "24/7")
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 7 <= len(digits) <= 15:
            yield _identifier(match, "phone", digits)
    for match in _VERSION.finditer(text):
        yield _identifier(match, "version", match.group().lstrip("v"))
    yield from _codes(text)
    for match in _NUMBERED.finditer(text):
        name = match["name"].lower().rstrip(".")
        if name not in _NOT_NAMES:
            yield _identifier(match, name, name + match["number"].lower())


def _codes(text: str) -> Iterator[Value]:
    for match in _CODE.finditer(text):
        code = match.group()
        if _ORDINARY.fullmatch(code) or re.fullmatch(r"\d+(?:[.,]\d+)?[-/]?[a-z]+(?:-[a-z]+)*", code):
            continue
        if not re.search(r"[A-Z]", code) and not re.fullmatch(r"v\d[\d.]*", code):
            continue
        literal = re.sub(r"[-/. ]", "", code).lower()
        letters = "".join(re.findall(r"^[a-z]+", literal)) or "code"
        yield _identifier(match, letters, literal)


def _plain_url(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url).rstrip("/.,;:!?").lower()


def _identifier(match: re.Match[str], family: str, literal: str) -> Value:
    text = match.group().rstrip(".,;:!?/") if family in {"url", "email"} else match.group()
    return Value(
        Kind.IDENTIFIER, text, match.start(), match.start() + len(text), unit=family, literal=literal
    )
