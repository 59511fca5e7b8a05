"""Text that every database can hold: the few characters that some refuse are escaped, and come back unchanged."""

from __future__ import annotations

import re

# PostgreSQL refuses U+0000, UTF-8 has no lone surrogates, and JSON from a model server may contain both. The escape
# character itself is escaped too, so that the way back is unambiguous.
_REFUSED = re.compile("[\x00\x1b\ud800-\udfff]")
_ESCAPED = re.compile("\x1b([0-9a-f]{4})")


def escape(text: str) -> str:
    """Return the text without U+0000 and lone surrogates; `unescape` gives the original back."""
    return _REFUSED.sub(lambda found: f"\x1b{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
