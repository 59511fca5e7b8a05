"""Splits an answer into segments, whole or as it arrives, with the same result for any chunking."""

from __future__ import annotations

import re
from dataclasses import replace

from groundwire.claims.checkable import plain_text, why_not_a_claim
from groundwire.claims.context import AnswerContext
from groundwire.claims.segments import Segment
from groundwire.claims.sentences import CLOSERS, Boundary, NeedMoreText, SentenceSearch
from groundwire.domain import Claim, Failure, Question

MAX_CLAIM_CHARS = 2_000

# Longest line opening that decides what the line is: indentation aside, a fence, a heading or a list marker.
_OPENING_CHARS = 12
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]?)*(?:(?:[-*+•–]|\d{1,3}[.)])(?:[ \t]+\[[ xX]\])?[ \t]+)?")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_WHOLE_LINE = re.compile(r"[ \t]*(?:#{1,6}[ \t]|\||`{3,}|~{3,})")
# A sentence or a row that is complete; a full stop behind a digit may be a decimal point as long as nothing follows.
_ENDED = re.compile(rf"(?:[!?…。！？|]|(?<!\d)\.|\.(?={CLOSERS}\s)){CLOSERS}\s*\Z")
_DELIMITER_ROW = re.compile(r"[\s|:=*_-]*")


def split_answer(answer: str, question: Question | None = None) -> list[Segment]:
    """Return the segments of a whole answer; they tile it."""
    splitter = AnswerSplitter(question)
    return splitter.feed(answer) + splitter.close()


class AnswerSplitter:
    """Takes an answer in pieces of any size and returns its segments as soon as they are final.

    The segments are the same for every way of cutting the answer into pieces, and they tile it. A sentence without
    an end is cut after `max_claim_chars` and marked as over-long, so the text held back is bounded.
    """

    def __init__(self, question: Question | None = None, *, max_claim_chars: int = MAX_CLAIM_CHARS) -> None:
        self._text = ""
        self._at = 0
        self._fence = ""
        self._is_item = False
        self._search = SentenceSearch(0)
        self._max_chars = max_claim_chars
        self._context = AnswerContext(question or Question())

    @property
    def at(self) -> int:
        """The character of the answer where the held text begins."""
        return self._at

    @property
    def held(self) -> str:
        """The text that has arrived but is not part of a returned segment yet."""
        return self._text[self._at :]

    def feed(self, text: str) -> list[Segment]:
        """Take more of the answer; return the segments that are final now."""
        self._text += text
        return self._drain(is_closed=False)

    def close(self) -> list[Segment]:
        """Say that the answer is complete; return the remaining segments."""
        return self._drain(is_closed=True)

    def flush(self) -> list[Segment]:
        """Return what is held as if the answer ended here; a claim that has not come to its end is marked as late."""
        is_open = not _ENDED.search(self.held)
        segments = self._drain(is_closed=True)
        if is_open and segments and segments[-1].claim:
            segments[-1] = replace(segments[-1], failure=segments[-1].failure or Failure.TIMEOUT)
        return segments

    def _drain(self, *, is_closed: bool) -> list[Segment]:
        segments = []
        try:
            while self._at < len(self._text):
                segments.append(self._next(is_closed=is_closed))
        except NeedMoreText:
            pass
        return segments

    @property
    def _horizon(self) -> int:
        """Where the longest possible segment ends; what lies beyond decides nothing about the next one."""
        return self._at + self._max_chars

    @property
    def _is_line_start(self) -> bool:
        return self._at == 0 or self._text[self._at - 1] == "\n"

    def _next(self, *, is_closed: bool) -> Segment:
        if self._fence:
            return self._whole_line(is_closed=is_closed)
        if not self._is_line_start:
            return self._sentence(self._at, is_closed=is_closed)
        line = self._line(is_closed=is_closed)
        if _WHOLE_LINE.match(line):
            return self._whole_line(is_closed=is_closed)
        prefix = _PREFIX.match(line)
        content = self._at + (prefix.end() if prefix else 0)
        if content == len(self._text) < self._horizon and not is_closed:
            raise NeedMoreText
        self._is_item = bool(prefix and prefix.group().strip(" \t>"))
        self._context.start_line(is_item=self._is_item)
        return self._sentence(content, is_closed=is_closed)

    def _line(self, *, is_closed: bool) -> str:
        """Return what has arrived of the current line, enough of it to tell what kind of line it is."""
        newline = self._text.find("\n", self._at, self._horizon)
        line = self._text[self._at : newline if newline >= 0 else self._horizon]
        is_open = newline < 0 and not is_closed and len(line) < self._max_chars
        if is_open and len(line.lstrip()) < _OPENING_CHARS:
            raise NeedMoreText
        return line

    def _whole_line(self, *, is_closed: bool) -> Segment:
        """Code, headings and table rows are taken line by line."""
        newline = self._text.find("\n", self._at, self._horizon)
        end = newline + 1 if newline >= 0 else len(self._text)
        if end > self._horizon or (newline < 0 and end == self._horizon and not is_closed):
            return self._cut()
        if newline < 0 and not is_closed:
            raise NeedMoreText
        line = self._text[self._at : end]
        fence = _FENCE.match(line) if self._is_line_start else None
        if self._fence or fence:
            return self._code_line(end, fence.group(1) if fence else "")
        if line.lstrip().startswith("#"):
            self._context.heading(plain_text(line))
            return self._emit(end, why="heading")
        return self._table_row(line, end)

    def _code_line(self, end: int, fence: str) -> Segment:
        is_opening = not self._fence
        if is_opening:
            self._fence = fence
        elif fence.startswith(self._fence):
            self._fence = ""
        return self._emit(end, why="code", is_skipped=is_opening)

    def _table_row(self, line: str, end: int) -> Segment:
        if _DELIMITER_ROW.fullmatch(line):
            return self._emit(end, why="table rule")
        if self._context.is_header_row(line):
            return self._emit(end, why="table header")
        start = self._at + len(line) - len(line.lstrip())
        return self._claim(start, start + len(line.strip()), end)

    def _sentence(self, content: int, *, is_closed: bool) -> Segment:
        if self._search.start != content:
            self._search = SentenceSearch(content)
        boundary = self._search.find(self._text, self._horizon, is_closed=is_closed)
        if boundary is None:
            if len(self._text) < self._horizon:
                raise NeedMoreText
            return self._cut()
        start = content
        while start < boundary.end and self._text[start].isspace():
            start += 1
        if start >= boundary.end:
            return self._emit(boundary.resume, why="white space")
        why = why_not_a_claim(self._text[start : boundary.end])
        may_be_label = why == "label" and self._is_above_text(start, boundary, is_closed=is_closed)
        return self._claim(start, boundary.end, boundary.resume, may_be_label=may_be_label)

    def _is_above_text(self, start: int, boundary: Boundary, *, is_closed: bool) -> bool:
        """Whether a few words stand on a line of their own with more to come, as labels do and answers do not."""
        is_whole_line = self._is_line_start and self._text[boundary.resume - 1] == "\n"
        if not is_whole_line or (self._is_item and self._text[start] not in "*_"):
            return False
        if self._text[boundary.resume : self._horizon].strip():
            return True
        if not is_closed and len(self._text) < self._horizon:
            raise NeedMoreText
        return False

    def _claim(self, start: int, end: int, resume: int, *, may_be_label: bool = False) -> Segment:
        sentence = self._text[start:end]
        why = why_not_a_claim(sentence, may_be_label=may_be_label)
        context = self._context.of(sentence)
        self._context.follow(sentence, why)
        if why:
            return self._emit(resume, why=why)
        return self._emit(resume, claim=Claim(sentence, start, end, context))

    def _cut(self) -> Segment:
        end = self._horizon
        text = self._text[self._at : end]
        if self._fence or not text.strip():
            return self._emit(end, why="code" if self._fence else "white space")
        start = self._at + len(text) - len(text.lstrip())
        claim = Claim(text.strip(), start, start + len(text.strip()))
        return self._emit(end, claim=claim, failure=Failure.OVER_LENGTH)

    def _emit(
        self,
        end: int,
        *,
        claim: Claim | None = None,
        why: str = "",
        is_skipped: bool = False,
        failure: Failure | None = None,
    ) -> Segment:
        segment = Segment(self._text[self._at : end], self._at, end, claim, why, is_skipped, failure)
        self._at = end
        return segment
