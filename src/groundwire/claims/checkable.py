"""What asserts nothing that documents could settle: greetings, offers, questions, refusals, opinions, lead-ins."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"[*_`#>~]+|\[(?=[^\]]*\]\()|\]\([^)]*\)")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)

_GREETING = re.compile(
    r"(?:(?:and|oh(?: no)?|well),? )?(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day|luck)|"
    r"welcome|thanks?|thank you|"
    r"you'?re welcome|my pleasure|no problem|great(?: question)?|good question|sure(?: thing)?|certainly|of course|"
    r"absolutely|okay|ok|alright|got it|understood|glad (?:to|you|i)|congrat(?:ulation)?s|sounds good|"
    r"have a (?:great|nice|"
    r"good|safe)|take care|cheers|(?:safe|happy) travels|enjoy|i understand|no worries|all the best|get well|"
    r"fingers crossed|wishing you|(?:i )?hope (?:this|that|you|it|he|she|they)|(?:my )?(?:sincere |"
    r"deepest )?condolences|"
    r"(?:i'?m |i am |we'?re )?(?:very |so |really |truly )?sorry\b(?! but| i can| we can)|(?:that|this) sounds like|"
    r"please give (?:him|her|them)|i know how|what a (?:great|lovely|nice))\b"
)
_OFFER = re.compile(
    r"(?:(?:please |just )?(?:let me know|feel free to (?:ask|reach|contact|message|write)|"
    r"don'?t hesitate|reach out if)|if you (?:have|need|want|'?d like|like|"
    r"wish|prefer) (?:any |more |further |other |to know |help|me to|another|anything)|"
    r"if you(?:'?d)? (?:like|want|wish|"
    r"prefer),? i (?:can|could|'?ll)|(?:i'?d be |i am |i'?m )?(?:happy|glad) to (?:help|assist|explain|"
    r"walk|look|check|go|"
    r"draft|share)|i (?:can|could) (?:also )?(?:help|look|walk|draft|send you|check|explain|go through|"
    r"show you|tell you)|"
    r"shall i|would you like|want me to|is there anything|(?:just )?tell me\b|here'?s? (?:is |"
    r"are )?(?:what|how|the|a|an|"
    r"some|everything|your|that)\b[^.]{0,80}:?$|let'?s (?:go|look|take|walk|see|get)|to (?:sum|"
    r"summari[sz]e)(?: up)?:?$|"
    r"in short:?$|for example:?$)"
)
_SOURCES = (
    r"(?:documents?|documentation|handbook(?:'s)?|pages?|sources?|materials?|polic(?:y|ies)|"
    r"knowledge base|information|"
    r"guide|manual|terms)"
)
_REFUSAL = re.compile(
    r"(?:(?:i'?m |i am )?(?:sorry|afraid|unfortunately),? (?:but )?)*(?:that )?"
    r"(?:i (?:can(?:no|')?t|could ?n[o']t|am not able|don'?t|do not|didn'?t|did not|haven'?t|wasn'?t|"
    r"am unable|have no|"
    r"found no|find no|won'?t|would ?n[o']t)|i'?m (?:not (?:able|sure|certain|aware)|unable)|as an ai|"
    r"there(?:'s| is) no (?:information|mention)|(?:that|this|it)(?:'s| is) (?:not|n't) (?:something i|covered in|"
    r"mentioned in|documented))\b"
)
# These say so anywhere in the sentence: the sources are silent, or the speaker declines to judge.
_SILENCE = re.compile(
    rf"\b{_SOURCES}\b[^.;:]{{0,40}}\b(?:(?:do(?:es)?n'?t|do(?:es)? not) (?:say|mention|cover|specify|state|include|"
    r"contain|address|tell|explain)|(?:says?|has|have|mentions?) nothing)\b|"
    r"\bso i (?:can'?t|cannot|couldn'?t) (?:say|answer|give|tell|confirm|judge|promise|quote)\b|"
    r"\bi (?:can'?t|cannot|couldn'?t) (?:tell you|answer|judge|confirm|say)\b|"
    rf"\b(?:nothing|not anything) (?:on|about|in) [^.;:]{{0,30}}\b{_SOURCES}\b"
)
_OPINION = re.compile(
    r"(?:i (?:think|believe|feel|guess|would (?:say|suggest|recommend))|in my (?:opinion|view)|personally)\b"
)
_OPENINGS = (("greeting", _GREETING), ("offer", _OFFER), ("refusal", _REFUSAL), ("opinion", _OPINION))
_LONGEST_GREETING = 9
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"))


def why_not_a_claim(sentence: str) -> str:
    """Return what a sentence is that asserts nothing checkable, or the empty string for a claim.

    The rules err on the side of checking: a sentence with a figure in it is a claim unless it asks something.
    """
    plain = plain_text(sentence)
    words = _WORD.findall(plain)
    if not words:
        return "no words"
    if plain.endswith("?"):
        return "question"
    if any(character.isdigit() for character in plain):
        return ""
    return _kind_by_opening(plain, len(words)) or _kind_by_shape(plain, words)


def plain_text(text: str) -> str:
    """Return the text without Markdown's marks, white space folded; offsets are not kept."""
    return " ".join(_MARKUP.sub("", text).replace("’", "'").split())


def _kind_by_opening(plain: str, words: int) -> str:
    lowered = plain.lower().lstrip("-–—•\"'( ")
    if _SILENCE.search(lowered):
        return "refusal"
    for kind, pattern in _OPENINGS:
        if not pattern.match(lowered):
            continue
        if kind == "greeting" and (words > _LONGEST_GREETING or _goes_on(plain)):
            continue
        return kind
    return ""


def _goes_on(plain: str) -> bool:
    """A greeting may open a claim: "Sure, the trolley fits"; the part after the comma or dash decides."""
    tail = re.split(r"[,:–—-]", plain + ",", maxsplit=1)[1].strip(" ,")
    return len(_WORD.findall(tail)) > 2 and not _kind_by_opening(tail, len(_WORD.findall(tail)))


def _kind_by_shape(plain: str, words: list[str]) -> str:
    if plain.endswith(":"):
        return "lead-in"
    is_short = len(words) <= 4 and plain[-1] not in ".!;" and words[0] != "No"
    if is_short and all(word[0].isupper() or word in _SMALL for word in words):
        return "label"
    return ""
