"""Joins text around removed claims so that no gap, double blank line or orphan list marker shows."""

from __future__ import annotations


class Seam:
    """White space is held back until it is known what follows it, so that a removal leaves no trace.

    Text that is only added comes out exactly as it went in, though its trailing white space comes later.
    """

    def __init__(self) -> None:
        self._has_text = False
        # White space since the last text: in front of a removed piece, and after it (None: nothing was removed).
        self._before = ""
        self._after: str | None = None
        # Opening of a line (indentation, list marker) whose first sentence was removed.
        self._opening = ""

    def add(self, text: str) -> str:
        """Take the next piece; return what can leave now."""
        body = text.rstrip()
        trailing = text[len(body) :]
        if not body:
            self._extend(trailing)
            return ""
        if self._after is None:
            out = self._before + body
        else:
            lead = body[: len(body) - len(body.lstrip())]
            self._extend(lead)
            out = self._joined() + self._opening + body[len(lead) :]
        self._has_text, self._before, self._after, self._opening = True, trailing, None, ""
        return out

    def drop(self, opening: str, trailing: str) -> None:
        """Note that a piece is left out, which began with `opening` (a list marker) and ended with white space."""
        self._before = self._joined()
        self._after = ""
        self._opening = opening or self._opening
        self._extend(trailing)

    def replace_rest(self, text: str) -> str:
        """Return a text of its own, set off from what came before; white space held back is given up."""
        out = f"\n\n{text}" if self._has_text else text
        self._has_text, self._before, self._after, self._opening = True, "", None, ""
        return out

    def close(self) -> str:
        """Return the white space that ends the text."""
        rest = self._before if self._after is None else self._after
        return rest if self._has_text or self._after is None else ""

    def _extend(self, blanks: str) -> None:
        if self._after is None:
            self._before += blanks
            return
        self._after += blanks
        if "\n" in blanks:
            self._opening = ""

    def _joined(self) -> str:
        """Return one run of white space for the two around a removal: the taller, indented as the later one."""
        if self._after is None:
            return self._before
        indentation = self._after.rpartition("\n")[2]
        if not self._has_text:
            return indentation if "\n" in self._after else ""
        if self._after.count("\n") > self._before.count("\n"):
            return self._after
        if "\n" in self._after:
            return "".join(self._before.rpartition("\n")[:2]) + indentation
        return self._before or self._after
