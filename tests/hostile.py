"""Texts that would run if a page did not show them as text, and how to tell that none does."""

from __future__ import annotations

from pages import Page

PAYLOADS = (
    "<script>window.planted = 1</script>",
    '"><img src=x onerror="window.planted = 1">',
    "'><svg onload=window.planted=1>",
    "{{ 7 * 7 }}{% raw %}",
    "</title></textarea></style><iframe srcdoc='<script>parent.planted=1</script>'>",
    "javascript:window.planted=1",
)
_NEVER = ("iframe", "object", "embed", "style", "base")


def assert_harmless(page: Page) -> None:
    """Fail where something planted became an element, an attribute that runs, or a link that does."""
    assert not [name for name in _NEVER if page.all(name)]
    for name, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], (name, attributes)
        assert name != "script" or attributes.get("src", "").startswith("/console/static/"), attributes
        assert name != "img", attributes
        links = [attributes.get(key, "") for key in ("href", "src", "action")]
        assert not [link for link in links if link.strip().lower().startswith(("javascript:", "data:"))], attributes
    assert "49{%" not in page.text
