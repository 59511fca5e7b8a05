import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwire.errors import DocumentError
from groundwire.knowledge.conversion import SUFFIXES, convert, safe_name
from made_files import archive, claiming_size, docx, locked_pdf, paragraph, pdf, pptx, word_table, xlsx

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
WORD = docx(paragraph("Dogs fly."))
LIMIT = 10_000_000


def read(data, name):
    return convert(data if isinstance(data, bytes) else data.encode(), name, max_bytes=LIMIT)


def outcome(data, name):
    """Return a file's text, or why it has none."""
    try:
        return read(data, name).text
    except DocumentError as error:
        return error.message


FARES = "<table><tr><td>Fare</td><td>Fee</td></tr><tr><td>Lite</td><td>24</td></tr></table>"
RECORDS = '[{"fare": "Lite", "fee": 24}, {"fare": "Flex", "ok": false}]'
ARTICLES = '[{"title": "Pets", "body": "Dogs fly.\\n\\nCats too."}]'
SLIDE = pptx("Pets", [["Fare", "Fee"], ["Lite", "24"]], "Say it.")
TABLE = "| Fare | Fee |\n| --- | --- |\n| Lite | 24 |"
TEXTS = {
    "markdown": ("a.md", "# Pets\r\n\r\nDogs fly.\n", "# Pets\n\nDogs fly."),
    "front matter": ("a.md", "---\ntitle: Pets\ntags: [a]\n---\nDogs fly.", "Dogs fly."),
    "rule at the top is no front matter": ("a.md", "---\n\nNote: x\n---\n", "---\n\nNote: x\n---"),
    "text": ("a.TXT", "Dogs fly.\x0cCats too.", "Dogs fly.\nCats too."),
    "byte-order mark": ("a.txt", "\ufeffÜber".encode(), "Über"),
    "utf-16": ("a.txt", "Über uns".encode("utf-16"), "Über uns"),
    "utf-16 without mark": ("a.txt", "Terms of use".encode("utf-16-le"), "Terms of use"),
    "utf-32": ("a.txt", "Terms".encode("utf-32"), "Terms"),
    "windows-1252": ("a.txt", "Fee: 5 € — “net”".encode("cp1252"), "Fee: 5 € — “net”"),
    "composed": ("a.txt", "Mu\u0308nchen", "München"),
    "html": ("a.html", "<h1>Pets</h1><script>x()</script><p>Dogs <b>fly</b>.</p>", "# Pets\n\nDogs **fly**."),
    "html charset": ("a.htm", '<meta charset="iso-8859-2"><p>Łódź</p>'.encode("iso-8859-2"), "Łódź"),
    "html table": ("a.html", "<table><tr><th>Fare<th>Fee<tr><td>Lite<td>24</table>", TABLE),
    "html table without header": ("a.html", FARES, TABLE),
    "html bar in a cell": ("a.html", "<table><tr><th>a|b</th></tr></table>", "| a\\|b |\n| --- |"),
    "html open list": ("a.html", "<ul><li>Dogs<li>Cats</ul>", "* Dogs\n* Cats"),
    "csv": ("a.csv", 'Fare,Fee\n"Lite, new",24\n\nA|B', "| Fare | Fee |\n|---|---|\n| Lite, new | 24 |\n| A\\|B |  |"),
    "csv with semicolons": ("a.csv", "Fare;Fee\r\nLite;2,5", "| Fare | Fee |\n|---|---|\n| Lite | 2,5 |"),
    "tsv": ("a.tsv", "Fare\tFee\nLite\t24", "| Fare | Fee |\n|---|---|\n| Lite | 24 |"),
    "json object": ("a.json", '{"refund_days": 14, "open": true, "x": null}', "- refund days: 14\n- open: yes"),
    "json numbers as written": ("a.json", '{"fee": 1.10, "big": 1e400}', "- fee: 1.10\n- big: 1e400"),
    "json table": ("a.json", RECORDS, "| fare | fee | ok |\n|---|---|---|\n| Lite | 24 |  |\n| Flex |  | no |"),
    "json sections": ("a.json", ARTICLES, "# Pets\n\n## body\n\nDogs fly.\n\nCats too."),
    "json nested": ("a.json", '{"a": {"b": [1, 2], "c": {"d": "e"}}}', "# a\n\n- b: 1, 2\n\n## c\n\n- d: e"),
    "json list": ("a.json", '["Dogs", ["x", {"y": 1}]]', "- Dogs\n\n- x\n\n- y: 1"),
    "pdf": ("a.pdf", pdf("Dogs fly.", "Cats too."), "Dogs fly.\nCats too."),
    "word": ("a.docx", docx(paragraph("Pets", "Heading1") + paragraph("Dogs fly.")), "# Pets\n\nDogs fly."),
    "word table": ("a.docx", docx(word_table(["Fare", "Fee"], ["Lite", "24"])), TABLE),
    "slides": ("a.pptx", SLIDE, f"# Pets\n{TABLE}\n\n### Notes:\nSay it."),
    "workbook": ("a.xlsx", xlsx(["Fare"], ["A"], hidden=[["secret"]]), "## Fares\n\n- Fare\n- A"),
    "one column": ("a.xlsx", xlsx(["Dogs"], [None], ["Cats"]), "## Fares\n\n- Dogs\n- Cats"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "text"), TEXTS.values(), ids=TEXTS.keys())
def test_each_format_becomes_markdown(name, data, text):
    found = read(data, name).text

    assert "\n".join(line.rstrip() for line in found.split("\n")).replace("\n\n\n", "\n\n") == text


TITLES = {
    "first heading": ("a.md", "Intro.\n\n## *Pets*\n\n# Bags", "Pets"),
    "heading before property": ("a.md", "---\ntitle: No\n---\n# Pets\nx", "Pets"),
    "front matter": ("a.md", '---\ntitle: "Pet rules"\n---\nDogs fly.', "Pet rules"),
    "page title": ("a.html", "<title>Pets &amp; bags</title><p>Dogs fly.</p>", "Pets & bags"),
    "pdf property": ("a.pdf", pdf("Dogs fly.", title="Pet rules"), "Pet rules"),
    "word property": ("a.docx", docx(paragraph("Dogs fly."), "Pets &amp; bags"), "Pets & bags"),
    "workbook property": ("a.xlsx", xlsx(["Fare", "Fee"], title="Fare list"), "Fare list"),
    "sheet is no title": ("fare_list.xlsx", xlsx(["Fare", "Fee"]), "fare list"),
    "key is no title": ("a-b.json", '{"fees": {"x": "y"}}', "a b"),
    "file name": ("x/refund-policy_2026.txt", "Dogs fly.", "refund policy 2026"),
}


@pytest.mark.parametrize(("name", "data", "title"), TITLES.values(), ids=TITLES.keys())
def test_the_title_is_the_first_heading_else_the_property_else_the_name(name, data, title):
    assert read(data, name).title == title


REFUSED = {
    "empty": ("a.md", b"", "is empty"),
    "blank": ("a.md", b" \n\t", "holds no text"),
    "too large": ("a.md", b"x" * (LIMIT + 1), "more than the 10000000 allowed"),
    "ending": ("a.exe", b"x", "unsupported ending '.exe'"),
    "no ending": ("README", b"x", "unsupported ending ''"),
    "old word": ("a.doc", OLE, "save it as .docx"),
    "picture named pdf": ("a.pdf", PNG, "is a PNG image"),
    "word named text": ("a.txt", WORD, "is a ZIP archive or Office file"),
    "pdf named markdown": ("a.md", pdf("x"), "is a PDF"),
    "word named excel": ("a.xlsx", WORD, "holds something else"),
    "text named pdf": ("a.pdf", b"Dogs fly.", "is no such file"),
    "binary": ("a.txt", bytes(range(256)) * 4, "binary data|neither UTF-8"),
    "zeros": ("a.txt", bytes(100), "binary data"),
    "broken utf-16": ("a.txt", b"\xff\xfea", "marked as UTF-16"),
    "cyrillic code page": ("a.txt", "Правила возврата билетов".encode("cp1251"), "save it as UTF-8"),
    "password on a pdf": ("a.pdf", locked_pdf(), "password"),
    "password on a word file": ("a.docx", OLE, "password"),
    "broken pdf": ("a.pdf", b"%PDF-1.7 rubbish", "is broken"),
    "broken archive": ("a.docx", WORD[:200], "broken or was cut off"),
    "broken document": ("a.docx", archive({"word/document.xml": "<w:"}), "is broken"),
    "scan": ("a.pdf", pdf(), "run text recognition"),
    "empty word file": ("a.docx", docx(""), "holds no text"),
    "bomb": ("a.docx", claiming_size(WORD, 0xF0000000), "unpacks to more than 400 MB"),
    "size that lies": ("a.docx", claiming_size(WORD, 3), "is broken"),
    "many entries": ("a.docx", archive({f"word/{number}": "" for number in range(20_001)}), "unpacks to more"),
    "bad json": ("a.json", b"{'a': 1}", "not valid JSON"),
    "deep json": ("a.json", b"[" * 50_000, "nested too deeply"),
    "huge csv field": ("a.csv", b'"' + b"x" * 200_000, "no readable table"),
}


@pytest.mark.parametrize(("name", "data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_can_not_be_read_is_refused_with_file_reason_and_remedy(name, data, reason):
    with pytest.raises(DocumentError, match=reason) as refused:
        convert(data, name, max_bytes=LIMIT)

    assert refused.value.message.startswith(f"{name!r} ")
    assert "; " in refused.value.message


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read():
    slow = xlsx(*([number, number] for number in range(20_000)))

    with pytest.raises(DocumentError, match=r"takes longer than 0\.05 s"):
        convert(slow, "a.xlsx", max_bytes=LIMIT, timeout_s=0.05)

    assert read(xlsx(["Fare", "Fee"]), "b.xlsx").text.startswith("## Fares")


def test_deeply_nested_html_does_no_harm():
    assert outcome(b"<div>" * 20_000 + b"x", "a.html").endswith(("x", "save it as text."))


NAMES = {
    "folders": ("../../etc/x.md", "x.md"),
    "windows folders": ("C:\\a\\..\\x.md", "x.md"),
    "zero byte": ("x\x00.md", "x.md"),
    "line break": ("a\nb.md", "ab.md"),
    "direction mark": ("a\u202etxt.md", "atxt.md"),
    "dots": ("..", "document"),
    "nothing": ("", "document"),
    "folder only": ("a/", "document"),
    "hidden": (".env", ".env"),
    "unicode": ("Größe 2026.pdf", "Größe 2026.pdf"),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES.keys())
def test_a_name_is_shown_without_what_could_harm(name, shown):
    assert safe_name(name) == shown


@given(st.text(max_size=300))
def test_any_name_becomes_a_short_plain_one(name):
    shown = safe_name(name)

    assert 0 < len(shown) <= 120
    assert shown not in {".", ".."}
    assert not any(character in "/\\" or unicodedata.category(character)[0] == "C" for character in shown)


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 500 + ".pdf").endswith("….pdf")


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode), st.sampled_from(sorted(SUFFIXES)))
def test_any_bytes_are_read_or_refused(data, suffix):
    assert outcome(data, f"a{suffix}").strip()
