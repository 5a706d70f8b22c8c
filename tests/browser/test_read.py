"""Reading a document in a real browser: the quote in view, outline, phone, dark, a PDF's page, a hostile document."""

import re
import shutil
from urllib.parse import urlencode

import pytest
from conftest import ROOT
from playwright.sync_api import expect
from serving import SCREENSHOTS, Served

from cydqa import build_index, open_assistant

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.model]

QUOTE = "Attribution is notoriously hard because actors in cyberspace can remain anonymous"
HOSTILE = f"""---
title: "Hostile <script>window.hacked=1</script> see www.evil.example/login \\u202edrawkcab"
publisher: "<img src=https://evil.example/x.png onerror=window.hacked=2>"
url: "https://evil.example/javascript:alert(1)"
sources: [{{title: "<b onmouseover=window.hacked=3>source</b>", url: "https://evil.example/3"}}]
references: [{{number: 1, title: '"><script>window.hacked=4</script>', url: "https://evil.example/4"}}]
---

# A heading ![pixel](https://evil.example/pixel.png)

The rubber duck `<script>window.hacked = 5</script>` and
`<img src="https://evil.example/p.png" onerror="window.hacked=6">` [1].

{"x" * 100_000}

`<a href="javascript:window.hacked=7">click</a>` \u202e turned round, and the end of the rubber duck.

| duck | `<svg onload=window.hacked=8>` |
| --- | --- |
| {"y" * 5_000} | 2 |
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The app with an index of the corpus, a PDF and a hostile document."""
    folder = tmp_path_factory.mktemp("read")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    shutil.copy(ROOT / "tests" / "files" / "lighthouse.pdf", folder / "corpus")
    (folder / "corpus" / "hostile.md").write_text(HOSTILE)
    build_index(folder / "corpus", folder / "index")
    served = Served(folder)
    served.assistant = open_assistant(folder / "index", corpus_dir=folder / "corpus")
    yield served
    served.stop()
    assert "Traceback" not in served.log()


@pytest.fixture
def read(served, visit):
    """Open a document at a quote."""

    def read(document, quote="", *, width=1280, scheme="light", **more):
        if quote:
            start = served.assistant.document(document).text.index(quote)
            more = {"start": start, "end": start + len(quote), **more}
        page = visit(f"read?{urlencode({'document': document, **more})}", width, scheme)
        page.locator(".cyd-text").wait_for()
        return page

    return read


def expect_title(page, words):
    """Wait for the page of that title alone: while one page gives way to another, both are there for a moment."""
    expect(page.get_by_role("heading", level=1)).to_have_text([re.compile(re.escape(words))])


def fits(page, width):
    main = page.locator("[data-testid=stMain]")
    return (
        page.evaluate("document.documentElement.scrollWidth") <= width and main.evaluate("e => e.scrollWidth") <= width
    )


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_quote_is_marked_and_in_view_on_every_screen(read, assert_accessible, width, scheme):
    page = read("article.md", QUOTE, width=width, scheme=scheme)
    mark = page.locator("#quote")
    expect(mark).to_have_text(QUOTE)
    expect(mark).to_be_in_viewport()
    assert page.evaluate("document.activeElement.id") == "quote"
    assert fits(page, width)
    page.screenshot(path=SCREENSHOTS / f"read-{width}-{scheme}.png")
    assert_accessible(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_outline_leads_to_its_headings_by_keyboard(read, width):
    page = read("article.md", width=width)
    if width == 360:
        page.get_by_text("Outline", exact=True).locator("visible=true").focus()
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Quantum computing").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Quantum computing")).to_be_in_viewport()
    assert "document=article.md" in page.url


def test_a_marker_leads_to_the_document_that_it_names(read):
    page = read("article.md")
    link = page.get_by_role("link", name="[3] U.S. Department of State (4 April 2022)")
    link.click()
    expect_title(page, "Bureau of Cyberspace")
    page.go_back()
    expect_title(page, "political landscape")


def test_the_address_is_that_of_the_document_chosen_and_back_leads_back(read, assert_accessible):
    page = read("article.md")
    page.get_by_role("link", name="All documents").click()
    page.get_by_label("Find a document").wait_for()
    assert_accessible(page)
    page.get_by_label("Find a document").fill("lighthouse")
    page.get_by_label("Find a document").press("Enter")
    page.get_by_role("link", name="Keeping the Lighthouse").click()
    expect(page.locator(".cyd-text")).to_contain_text("harbour authority")
    assert page.url.endswith("/read?document=lighthouse.pdf")
    page.go_back()
    expect_title(page, "Read")
    page.go_back()
    expect_title(page, "political landscape")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_pdf_shows_the_picture_of_the_page_beside_its_text(read, assert_accessible, width):
    page = read("lighthouse.pdf", "The table shows the mean tides.", width=width)
    picture = page.get_by_role("img", name="Page 2 of Keeping the Lighthouse, with the quote marked")
    expect(picture).to_be_visible()
    expect(page.locator("#quote")).to_be_in_viewport()
    if width == 1280:
        expect(picture).to_be_in_viewport()
    page.screenshot(path=SCREENSHOTS / f"read-pdf-{width}.png")
    assert_accessible(page)
    assert fits(page, width)
    page.get_by_label("Page (of 3)").press("ArrowUp")
    page.get_by_label("Page (of 3)").press("Enter")
    expect(page.get_by_role("img", name="Page 3 of Keeping the Lighthouse")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_hostile_document_is_only_text(read, width):
    page = read("hostile.md", "end of the rubber duck", width=width)
    expect(page.locator("#quote")).to_be_in_viewport()
    expect_title(page, "<script>window.hacked=1</script>")
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"read-hostile-{width}.png")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cyd-text img, .cyd-text svg, .cyd-notes b, a[href^='javascript']").count() == 0
    assert fits(page, width)


@pytest.mark.parametrize("page_of", ["read", "sources"])
def test_a_hostile_title_in_a_list_is_only_text(visit, page_of):
    page = visit(page_of)
    expect(page.get_by_role("link", name="Hostile")).to_contain_text("<script>window.hacked=1</script>")
    expect(page.get_by_role("link", name="Hostile")).to_contain_text("evil.example/login")
    assert page.locator("a[href*='evil.example']").count() == 0
    assert page.evaluate("window.hacked") is None
