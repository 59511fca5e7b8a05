"""Pages as people see them, for tests of the console."""

from __future__ import annotations

from html.parser import HTMLParser

_EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Page(HTMLParser):
    """A page that was read: its whole text, its elements and the attributes of each."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._pieces: list[str] = []
        self._open: list[str] = []
        self.feed(markup)

    @property
    def text(self) -> str:
        """What can be read on the page, with single spaces."""
        return " ".join("".join(self._pieces).split())

    def all(self, name: str, /, **attributes: str) -> list[dict[str, str]]:
        """Return the attributes of every such element; `class_` stands for `class`."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [found for kind, found in self.elements if kind == name and wanted.items() <= found.items()]

    def links(self) -> list[str]:
        """Return where the links of the page lead, in their order."""
        return [found["href"] for found in self.all("a") if "href" in found]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self._open.append(tag)
        self._pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        self._pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self._pieces.append(data)
