"""A document as HTML: every character once, in order and escaped; exactly the slice marked; structure kept."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from cydqa.documents import read_document
from cydqa.types import Document, Metadata, Reference, Section, Source
from cydqa.ui.read_blocks import Kind, blocks_of, part_at, parts_of
from cydqa.ui.render import document as html

VOID = {"wbr"}
PIECES = ["a", "é", "e\u0301", "😀", "<b>", "&amp;", '"', "\t", " ", "\n", "\n\n", "\r\n", " | ", "• ", "1. ", "\u202e"]
PIECES += [
    "\u00a0",
    "[1]",
    "[1, 3.1]",
    "word ",
    "    ",
    "\n• x\n• y\n\n",
    "a | b\nc | d\n",
    "Title",
    "\u2028",
    "x" * 300,
]


class Page(HTMLParser):
    """What a page says: its text without what was added to it, the marked text, links, ids and tags."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.text, self.marked, self.open = "", "", []
        self.added_text, self.links, self.ids, self.tags, self.elements = "", [], [], [], []
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        self.elements.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        if tag not in VOID:
            self.open.append((tag, "cyd-added" in attributes.get("class", "").split()))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if any(added for _, added in self.open):
            self.added_text += data
        else:
            self.text += data
            self.marked += data if any(tag == "mark" for tag, _ in self.open) else ""


def document(text, sections=None, **fields):
    usual = {"id": "a.md", "title": "Title", "pages": (), "metadata": Metadata(), "sha256": "a" * 64}
    whole = (Section((), 0, len(text)),) if sections is None else sections
    return Document(**{**usual, "text": text, "sections": whole, **fields})


def sheet(shown, mark=None, *, most=10**9, part=0, known=(), carried=None):
    parts = parts_of(blocks_of(shown), most)
    return html.Sheet(shown, parts, part, mark, frozenset(known), carried or {})


def markup(drawn):
    return html.head(drawn, {}) + html.text(drawn)


def page(shown, mark=None, **options):
    return Page(markup(sheet(shown, mark, **options)))


def words(text):
    return "".join(text.split())


@st.composite
def documents(draw):
    text = "".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40)))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    sections = tuple(Section(("Heading",) * draw(st.integers(0, 5)), start, end) for start, end in spans)
    pages = tuple(sorted(draw(st.lists(st.integers(0, len(text)), max_size=3))))
    references = draw(st.sampled_from([(), (Reference(1, '"><script>', "javascript:alert(1)"),)]))
    return document(text, sections, pages=pages, metadata=Metadata(references=references))


@given(documents(), st.data())
def test_every_character_is_there_once_and_in_order_and_exactly_the_slice_is_marked(shown, data):
    start = data.draw(st.integers(0, len(shown.text) - 1))
    end = data.draw(st.integers(start + 1, len(shown.text)))
    drawn = page(shown, (start, end))
    assert drawn.text == shown.text
    assert words(drawn.marked) == words(shown.text[start:end])
    assert drawn.ids.count("quote") <= 1
    assert len(drawn.ids) == len(set(drawn.ids))
    assert not {"script", "b", "img"} & set(drawn.tags)
    assert not any(link.startswith("javascript") for link in drawn.links)


@given(documents(), st.integers(1, 60))
def test_the_parts_of_a_long_document_make_up_the_whole(shown, most):
    parts = parts_of(blocks_of(shown), most)
    assert [block for part in parts for block in part] == blocks_of(shown)
    texts = [Page(markup(sheet(shown, most=most, part=i))).text for i in range(len(parts))]
    assert "".join(texts) == shown.text
    for i, part in enumerate(parts):
        assert part_at(parts, part[0].start) == i


SPANS = [
    ("an emoji 😀 and e\u0301 here", "😀 and e\u0301"),
    ("First paragraph.\n\nSecond paragraph.\n\nThird.", "paragraph.\n\nSecond paragraph.\n\nTh"),
    ("Before\n\n• one\n• two\n\nAfter", "one\n• two\n\nAft"),
    ("Before\n\nState | Calls\nNorway | 12\n\nAfter", "Calls\nNorway | 12"),
    ("line\r\nline\twith a tab\r\n\r\nnext", "line\twith a tab\r\n\r\nne"),
]


@pytest.mark.parametrize(("text", "quote"), SPANS)
def test_a_quote_is_marked_over_blocks_and_begins_once(text, quote):
    start = text.index(quote)
    drawn = page(document(text), (start, start + len(quote)))
    assert words(drawn.marked) == words(quote)
    assert drawn.ids.count("quote") == 1


def test_structure_shows_as_headings_lists_and_tables():
    text = "Title\n\nNorms\n\nIntro.\n\nEleven norms\n\n• one\n• two\n\nState | Calls\nNorway | 12\n\n"
    norms, eleven = text.index("Intro"), text.index("• one")
    sections = (Section(("Norms",), norms, norms + 8), Section(("Norms", "Eleven norms"), eleven, len(text)))
    shown = document(text, sections)
    kinds = [(block.kind, block.depth) for block in blocks_of(shown)]
    assert kinds == [
        *((Kind.TITLE, 0), (Kind.HEADING, 1), (Kind.PROSE, 0), (Kind.HEADING, 2), (Kind.LIST, 0), (Kind.TABLE, 0)),
    ]
    drawn = page(shown)
    assert [tag for tag in drawn.tags if tag[0] == "h" and tag[1:].isdigit()] == ["h1", "h2", "h3"]
    assert (drawn.tags.count("li"), drawn.tags.count("td")) == (2 + 4, 4)  # the outline stands there twice
    assert [link for link in drawn.links if link.startswith("#")] == ["#section-0", "#section-1"] * 2
    assert {"section-0", "section-1"} <= set(drawn.ids)


def test_headings_never_skip_a_level():
    text = "Deep\n\nText.\n\n"
    assert "<h2 " in html.text(sheet(document(text, (Section(("A", "B", "Deep"), 6, len(text)),))))


def test_a_heading_without_a_text_of_its_own_is_a_heading():
    shown = read_document(ROOT / "tests" / "files" / "lighthouse.pdf", "lighthouse.pdf")
    headings = [shown.text[b.start : b.end].strip() for b in blocks_of(shown) if b.kind is Kind.HEADING]
    assert headings == ["Introduction", "Duties of the keeper", "Every day", "Every year", "Tide tables", "Outlook"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("One line.", Kind.PROSE),
        (
            "A paragraph that somebody broke by hand so that\nit fits on a page, with lines of nearly one\nlength.",
            Kind.PROSE,
        ),
        ("Roses are red,\nviolets are blue.", Kind.LINES),
        ("if x:\n    y\n    z", Kind.CODE),
        ("Home | About", Kind.PROSE),
    ],
)
def test_line_ends_are_kept_where_they_say_something(text, kind):
    (block,) = blocks_of(document(text))
    assert block.kind is kind


def test_the_title_is_added_only_where_the_text_does_not_begin_with_it():
    assert page(document("Text.")).added_text.startswith("Title")
    assert "Title" not in page(document("title\n\nText.")).added_text


REFERENCES = (
    Reference(1, "Here", "https://example.org/1", "b & c.md"),
    Reference(2, "Elsewhere", "https://example.org/2", "gone.md"),
    Reference(3, "Nowhere", "javascript:alert(1)"),
)


def test_markers_lead_to_the_document_else_to_its_address_else_to_the_list():
    shown = document("See [1], [2], [3] and [9.1].", metadata=Metadata(references=REFERENCES))
    drawn = page(shown, known={"b & c.md"}, carried={"conversation": "7"})
    here = "?document=b+%26+c.md&conversation=7"
    assert drawn.links[:3] == [here, "https://example.org/2", "#reference-3"]
    links = [attributes for tag, attributes in drawn.elements if tag == "a"][:3]
    assert [link["aria-label"] for link in links] == ["[1] Here", "[2] Elsewhere", "[3] Nowhere"]
    assert "The document’s list has no such item" in drawn.added_text
    assert {"reference-1", "reference-2", "reference-3"} <= set(drawn.ids)
    assert not any("javascript" in link for link in drawn.links)


def test_facts_and_sources_are_escaped_and_only_web_addresses_are_links():
    hostile = "<img src=x onerror=alert(1)>"
    facts = Metadata(url="data:text/html,x", sources=(Source(hostile, "javascript:alert(1)", hostile, "2024-05-01"),))
    drawn = sheet(document("Text.", title=hostile, metadata=facts))
    shown = Page(html.head(drawn, {"Publisher": hostile}) + html.text(drawn))
    assert "img" not in shown.tags
    assert shown.links == []
    assert shown.added_text.count(hostile) == 4
    assert "1 May 2024" in shown.added_text


def test_page_numbers_stand_where_pages_begin():
    shown = document("First page ends here. Second page.\n\nThird.", pages=(0, 22, 22 + 14), id="a.pdf")
    drawn = markup(sheet(shown))
    assert 'here. <span class="cyd-page cyd-added">Page 2</span>Second page.' in drawn
    assert '<div class="cyd-page cyd-added">Page 3</div><p dir="auto">Third.' in drawn
    assert "Slide 3" in markup(sheet(replace(shown, id="a.pptx")))


def test_a_word_without_end_can_be_broken():
    drawn = markup(sheet(document("x" * 100_000)))
    assert max(map(len, drawn.split("<wbr>"))) < 1000


def test_a_long_document_is_divided_at_its_chapters():
    text, sections = "", []
    for number in range(12):
        text += f"Chapter {number}\n\n"
        start = len(text)
        text += "Words of a chapter.\n\n" * 10
        sections.append(Section((f"Chapter {number}",), start, len(text)))
    shown = document(text, tuple(sections))
    parts = parts_of(blocks_of(shown), 700)
    assert len(parts) > 3
    assert all(part[0].kind is Kind.HEADING for part in parts)
    links = page(shown, most=700, part=1).links
    before = len([block for block in parts[0] if block.kind is Kind.HEADING])
    assert links[0] == "?document=a.md&part=1#section-0"
    assert f"#section-{before}" in links


@pytest.mark.parametrize(
    ("written", "read"),
    [("2022-04-04", "4 April 2022"), ("2025-07", "July 2025"), ("2025", "2025"), ("n.d.", "n.d."), (None, "")],
)
def test_dates_are_written_as_people_write_them(written, read):
    assert html.date(written) == read
