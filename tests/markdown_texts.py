"""Markdown documents of every shape, as hypothesis draws them."""

from hypothesis import strategies as st

from groundwire.documents.passages import Cut
from groundwire.domain import Passage

WORD = st.sampled_from(
    ["fare", "€12", "3.5", "hold", "e.g.", "No. 7", "https://a.example/x.y?z=1.2", "Über", "*soon*", "U.S.", "p.m."]
)
SENTENCE = st.lists(WORD, min_size=1, max_size=12).map(lambda words: "The " + " ".join(words) + " ends. ")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=8).map("".join)
TITLE = st.sampled_from(["Fees", "Baggage", "Fees ##", "C#", "*Seats*", "Pets"])
HEADING = st.tuples(st.integers(1, 4), TITLE).map(lambda pair: f"{'#' * pair[0]} {pair[1]}")
ITEMS = st.lists(SENTENCE, min_size=1, max_size=12).map(lambda items: "\n".join(f"- {item}" for item in items))
CODE = st.lists(SENTENCE, min_size=0, max_size=30).map(lambda lines: "\n".join(["```sh", *lines, "```"]))
ROW = st.lists(WORD, min_size=1, max_size=4).map(lambda cells: f"| {' | '.join(cells)} |")
TABLE = st.lists(ROW, max_size=40).map(lambda rows: "\n".join(["| Fare | Fee |", "|---|--:|", *rows]))
BLOCK = st.one_of(HEADING, HEADING, PARAGRAPH, ITEMS, TABLE, CODE, st.just("---"), st.text(max_size=40))
MARKDOWN = st.lists(BLOCK, max_size=14).map("\n\n".join)
ANY_TEXT = MARKDOWN | st.text(max_size=300) | st.text("#|-*`~>.[]()_<! \n\t\r1a\u2028\x0c", max_size=120)


def passage(text: str, cut: Cut | None = None) -> Passage:
    """Return the passage that a cut of a document makes, or the whole document as one."""
    cut = cut or Cut(0, len(text), ())
    return Passage(
        1,
        "d",
        1,
        "Guide",
        text[cut.start : cut.end],
        start=cut.start,
        end=cut.end,
        headings=cut.headings,
        lead=cut.lead,
    )
