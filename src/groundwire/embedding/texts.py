"""What every embedder does to text before a model reads it."""

from __future__ import annotations

from collections.abc import Sequence


def well_formed(texts: Sequence[str]) -> list[str]:
    """Return the texts with each lone surrogate replaced by `?`, so that every offset stays where it was.

    JSON may escape half of a surrogate pair; tokenizers and UTF-8 refuse it.
    """
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
