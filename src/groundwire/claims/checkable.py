"""What asserts nothing that documents could settle: greetings, offers, questions, refusals, opinions, lead-ins."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"[*_`#>~]+|\[(?=[^\]]*\]\()|\]\([^)]*\)")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)

# An interjection opens many a claim ("Of course you can pay by card"), so it counts only where it stands apart.
_INTERJECTION = (
    r"(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|alright|great(?: question)?|good question|got it|"
    r"understood|no problem|no worries|welcome|cheers|sorry|i'?m (?:very |so |really |truly )?sorry|"
    r"(?:very |so |really |truly )?sorry|happy to|thanks?|oh)(?=\W*$|\W* ?[,.!:;–—-])"
)
_COURTESY = (
    r"(?:hi|hello|hey|dear [a-z]+,|good (?:morning|afternoon|evening|day|luck)|welcome (?:back|to)|"
    r"thanks (?:for|so|again)|"
    r"thank you|you'?re welcome|my pleasure|glad (?:to hear|you|i)|great that you|good that you|"
    r"congrat(?:ulation)?s|sounds good|have (?:a|an) (?:[a-z]+ )?[a-z]+!|have fun|take care|"
    r"(?:safe|happy) travels|enjoy (?:the|your|it)\b[^,;:.]{0,30}!|enjoy(?: [a-z]+)?!|all the best|get well|"
    r"fingers crossed|wishing you|(?:i )?hope (?:this|that|you|it|he|she|they|everyone)|i apologi[sz]e|"
    r"(?:my )?(?:sincere |deepest )?condolences|i know (?:how|that'?s)|"
    r"i (?:fully |totally )?understand (?:that (?:this|it)|how|your|you)|"
    r"(?:i'?m |i am |we'?re |we are )?(?:very |so |really |truly )?sorry (?:about|for|to hear|if|that you|you)|"
    r"that must (?:be|have been)|(?:that|this) sounds like|please give (?:him|her|them)|what a (?:great|lovely|nice))"
)
_GREETING = re.compile(rf"(?:(?:and|oh(?: no)?|well),? )?(?:{_INTERJECTION}|{_COURTESY}\b|{_COURTESY}(?<=!))")

_WISH = r"if you(?: would|'?d)? (?:like|want|wish|prefer)|if that helps"
_HELP = r"(?:questions?|help|information|details|assistance|support|clarification|concerns?|doubts?)"
_INVITATION = (
    r"(?:(?:please |just |do )*(?:let (?:me know|us know (?:if|what|how|whether|when you))\b|"
    r"feel free to (?:ask|reach|contact|message|write)|(?:don'?t|do not) hesitate|reach out (?:if|any)|"
    r"ask(?: me| us| away)?\W*$|(?:send|tell|give) me\b|contact (?:me|us)\W*$)|"
    r"(?:i'?m|i am|i'?ll be|i'?d be|we'?re) (?:always )?(?:happy|glad|here)\b|"
    r"i (?:can|could|'?ll)\b)"
)
_OFFER = re.compile(
    rf"(?:{_INVITATION}(?<!i can)(?<!i could)(?<!i'll)|"
    rf"if you(?:'?d| would)? (?:have|need|want|like|wish|prefer|get stuck)\b[^,.;:]*,? {_INVITATION}|"
    rf"if you (?:have|need|want) (?:any |more |further |other |another |additional )*{_HELP}\W*$|"
    rf"i (?:can|could|'?ll) [^.;:]{{0,90}}\b(?:{_WISH})|i (?:can|could) (?:also |still )?(?:help|look|walk|draft|"
    r"send you|check|explain|go through|show you|tell you)\b|"
    r"happy to (?:help|assist|explain|walk|look|check|go|draft|share)|"
    r"shall (?:i|we)|would you like|want me to|is there anything|if things get tough|"
    r"(?:here|those|these)(?: (?:is|are|they are|you go)|'?s|) ?(?:what|how|the|a|an|some|everything|your|that)?\b"
    r"[^.]{0,80}:$|let'?s (?:go|look|take|walk|see|get)|take a look|to (?:sum|summari[sz]e)(?: up)?:?$|in short:?$|"
    r"for example:?$)"
)
_SOURCES = r"(?:documents?|documentation|handbook(?:'s)?|pages?|sources?|materials?|knowledge base|information|details)"
_RULES = r"(?:polic(?:y|ies)|guides?|manual|terms)"
_SPEAKER_CANNOT = (
    r"i (?:can(?:no|')?t|could ?n[o']t|am not able|don'?t|do not|didn'?t|did not|haven'?t|wasn'?t|am unable|have no|"
    r"found no|find no|won'?t|would ?n[o']t)|i'?m (?:not (?:able|sure|certain|aware)|unable)|as an ai"
)
_REFUSAL = re.compile(
    rf"(?:(?:i'?m |i am )?(?:sorry|afraid|unfortunately),? (?:but )?)*(?:that )?(?:{_SPEAKER_CANNOT}|"
    rf"there(?:'s| is) no (?:information|mention)|(?:that|this|it)(?:'s| is) ?(?:not|n't) (?:something i|mentioned in|"
    rf"documented|covered in (?:my|our|the|these|those) {_SOURCES}))\b"
)
# These say so anywhere in the sentence: the sources are silent, or the speaker declines to judge. That a policy does
# not cover something is a claim about the matter, that a handbook does not is one about the handbook.
_SILENCE = re.compile(
    rf"\b(?:{_SOURCES}\b[^.;:]{{0,40}}\b(?:do(?:es)?n'?t|do(?:es)? not) (?:say|mention|cover|specify|state|include|"
    rf"contain|address|tell|explain)|{_RULES} (?:do(?:es)?n'?t|do(?:es)? not) (?:say|mention|specify|state|tell)|"
    rf"(?:{_SOURCES}|{_RULES})\b[^.;:]{{0,40}}\b(?:says?|has|have|mentions?) nothing)\b|"
    r"\bso i (?:can'?t|cannot|couldn'?t) (?:say|answer|give|tell|confirm|judge|promise|quote)\b|"
    r"\bi (?:can'?t|cannot|couldn'?t) (?:tell you|answer|judge|confirm|say)\b|"
    rf"\bi (?:don'?t|do not|couldn'?t|could not|can'?t|cannot|didn'?t) (?:have|find|see|know) "
    rf"(?:any(?:thing)?|the|much|enough|specific|further)?\b[^.;:]{{0,30}}\b(?:{_SOURCES}|about|on)\b|"
    rf"\b(?:nothing|not anything) (?:on|about|in) [^.;:]{{0,30}}\b(?:{_SOURCES}|{_RULES})\b"
)
_OPINION = re.compile(r"(?:i(?:'?d| would) (?:say|suggest|recommend)|i (?:feel|suggest|recommend)|personally)\b")
_OPENINGS = (("greeting", _GREETING), ("offer", _OFFER), ("refusal", _REFUSAL), ("opinion", _OPINION))
_REPLY = re.compile(r"(?:yes|no|sure|certainly|absolutely|of course|exactly|correct|right)\b[,:!–—-]+", re.IGNORECASE)
# In words: what may follow a greeting's comma ("Hi there, all of you"), and a greeting as a whole.
_LONGEST_FLOURISH = 2
_LONGEST_GREETING = 12
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"))


def why_not_a_claim(sentence: str, *, may_be_label: bool = True) -> str:
    """Return what a sentence is that asserts nothing checkable, or the empty string for a claim.

    The rules err on the side of checking: a sentence with a figure in it is a claim unless it asks something or says
    that the sources are silent. `may_be_label` tells that it stands where a label could: on a line of its own.
    """
    plain = plain_text(sentence)
    words = _WORD.findall(plain)
    if not words:
        return "no words"
    if plain.endswith("?"):
        return "question"
    if _SILENCE.search(plain.lower()):
        return "refusal"
    if any(character.isdigit() for character in plain):
        return ""
    return _kind_by_opening(plain) or _kind_by_shape(plain, words, may_be_label=may_be_label)


def plain_text(text: str) -> str:
    """Return the text without Markdown's marks, white space folded; offsets are not kept."""
    return " ".join(_MARKUP.sub("", text).replace("’", "'").split())


def _kind_by_opening(plain: str) -> str:
    lowered = plain.lower().lstrip("-–—•\"'( ")
    for kind, pattern in _OPENINGS:
        if not pattern.match(lowered):
            continue
        if kind != "greeting":
            return kind
        tail = _tail(plain)
        if len(_WORD.findall(tail)) > _LONGEST_FLOURISH:
            return _kind_by_opening(tail)
        return kind if len(_WORD.findall(plain)) <= _LONGEST_GREETING else ""
    return ""


def _tail(plain: str) -> str:
    """A greeting may open a claim: "Sure, the trolley fits"; what stands after the comma or dash decides."""
    return re.split(r"[,;:–—-]", plain + ",", maxsplit=1)[1].strip(" ,")


def _kind_by_shape(plain: str, words: list[str], *, may_be_label: bool) -> str:
    if plain.endswith(":"):
        tail = _tail(plain) if _REPLY.match(plain) else ""
        return "" if len(_WORD.findall(tail)) > 3 and not _kind_by_opening(tail) else "lead-in"
    is_short = len(words) <= 4 and plain[-1] not in ".!;" and words[0] != "No"
    if may_be_label and is_short and all(word[0].isupper() or word in _SMALL for word in words):
        return "label"
    return ""
