"""What a web page says of itself: who published it and when, its address, its encoding."""

import pytest
from web_pages import blocks, page, paragraphs, read


def test_a_page_says_who_published_it_and_when(tmp_path):
    head = (
        '<title>Grüße &amp; more | The Herald</title><meta property="og:site_name" content="The Herald">'
        '<link rel="canonical" href="https://example.org/a"><meta name="author" content="Jane Doe">'
        '<meta name="author" content="John Roe"><meta property="article:published_time" content="2025-07-11T18:22:00Z">'
    )
    document = read(tmp_path, page(paragraphs(0), head))
    assert document.title == "Grüße & more"
    metadata = document.metadata
    assert (metadata.url, metadata.publisher) == ("https://example.org/a", "The Herald")
    assert (metadata.authors, metadata.published) == (("Jane Doe", "John Roe"), "2025-07-11")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "/relative",
        "https://",
        "http://a b",
    ],
)
def test_only_a_web_address_is_taken_for_one(tmp_path, address):
    content = page(paragraphs(0), f'<link rel=canonical href="{address}"><meta property="og:url" content="{address}">')
    assert read(tmp_path, content).metadata.url is None
    saved = "<!-- saved from url=(0021)https://example.org/x -->" + content
    assert read(tmp_path, saved).metadata.url == "https://example.org/x"


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<script type="application/ld+json">{"@graph": [{"datePublished": "2024-02-03T01:00"}]}</script>',
            "2024-02-03",
        ),
        ('<meta name="citation_publication_date" content="2023/05/12">', "2023-05-12"),
        ('<meta name="date" content="12 May 2023">', "2023-05-12"),
        ('<meta name="date" content="05/12/2023">', None),
        ('<meta name="date" content="2023-13-40">', None),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", None),
    ],
)
def test_a_date_is_taken_where_it_can_be_read_in_one_way(tmp_path, head, published):
    assert read(tmp_path, page(paragraphs(0), head)).metadata.published == published


def test_a_time_counts_only_where_there_is_one(tmp_path):
    one, two = '<time datetime="2024-05-01">1 May</time>', '<time datetime="2024-06-01">1 June</time>'
    assert read(tmp_path, page(one + paragraphs(0))).metadata.published == "2024-05-01"
    assert read(tmp_path, page(one + two + paragraphs(0))).metadata.published is None


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-5">', "iso-8859-5"),
        ('<meta charset="utf-8">', "utf-8"),
        ("", "utf-8"),
        ("", "utf-16"),
        ('<meta charset="iso-8859-5">', "utf-8"),
        ('<meta charset="base64">', "utf-8"),
    ],
)
def test_a_page_is_read_in_its_encoding(tmp_path, head, encoding):
    content = f"<html><head>{head}</head><body><p>Привет из Женевы, где встречались делегации.</p></body></html>"
    assert blocks(read(tmp_path, content.encode(encoding))) == ["Привет из Женевы, где встречались делегации."]
