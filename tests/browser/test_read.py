"""Reading a document in a real browser: the quote in view, outline, phone, dark, a PDF's page, a hostile document."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from playwright.sync_api import expect, sync_playwright

from cydqa import build_index, open_assistant

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.model]

SCREENSHOTS = ROOT / "tests" / "screenshots"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SECONDS = 60_000  # milliseconds
SERIOUS = {"serious", "critical"}
QUOTE = "Attribution is notoriously hard because actors in cyberspace can remain anonymous"
HOSTILE = f"""---
title: "Hostile <script>window.hacked=1</script> \\u202edrawkcab"
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
    """The app with an index of the corpus, a PDF and a hostile document: (its address, the assistant)."""
    folder = tmp_path_factory.mktemp("read")
    corpus, index = folder / "corpus", folder / "index"
    shutil.copytree(ROOT / "corpus", corpus)
    shutil.copy(ROOT / "tests" / "files" / "lighthouse.pdf", corpus)
    (corpus / "hostile.md").write_text(HOSTILE)
    build_index(corpus, index)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "CYDQA_CORPUS": str(corpus),
        "CYDQA_INDEX": str(index),
        "CYDQA_STATE": str(folder / "state"),
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--server.headless", "true"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()  # noqa: S310
                break
            except OSError:
                time.sleep(0.5)
        yield address, open_assistant(index, corpus_dir=corpus)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing. Install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def read(served, chromium):
    """Open a document at a quote in a fresh profile; remembers every request to another host."""
    address, assistant = served
    contexts = []

    def read(document, quote="", *, width=1280, scheme="light", **more):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.set_default_timeout(SECONDS)
        page.strangers = []
        page.on(
            "request",
            lambda request: request.url.startswith((address, "data:", "blob:")) or page.strangers.append(request.url),
        )
        if quote:
            start = assistant.document(document).text.index(quote)
            more = {"start": start, "end": start + len(quote), **more}
        page.goto(f"{address}/read?{urlencode({'document': document, **more})}")
        page.locator(".cyd-text").wait_for()
        return page

    yield read
    for context in contexts:
        context.close()


def fits(page, width):
    main = page.locator("[data-testid=stMain]")
    return (
        page.evaluate("document.documentElement.scrollWidth") <= width and main.evaluate("e => e.scrollWidth") <= width
    )


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_quote_is_marked_and_in_view_on_every_screen(read, width, scheme):
    page = read("article.md", QUOTE, width=width, scheme=scheme)
    mark = page.locator("#quote")
    expect(mark).to_have_text(QUOTE)
    expect(mark).to_be_in_viewport()
    assert page.evaluate("document.activeElement.id") == "quote"
    assert fits(page, width)
    page.screenshot(path=SCREENSHOTS / f"read-{width}-{scheme}.png")
    violations = Axe().run(page).response["violations"]
    assert not [found["id"] for found in violations if found["impact"] in SERIOUS]
    assert page.strangers == []


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
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bureau of Cyberspace")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("political landscape")


def test_the_address_is_that_of_the_document_chosen_and_back_leads_back(read):
    page = read("article.md")
    page.get_by_role("link", name="All documents").click()
    page.get_by_label("Find a document").fill("lighthouse")
    page.get_by_label("Find a document").press("Enter")
    page.get_by_role("link", name="Keeping the Lighthouse").click()
    expect(page.locator(".cyd-text")).to_contain_text("harbour authority")
    assert page.url.endswith("/read?document=lighthouse.pdf")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("political landscape")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_pdf_shows_the_picture_of_the_page_beside_its_text(read, width):
    page = read("lighthouse.pdf", "The table shows the mean tides.", width=width)
    picture = page.get_by_role("img", name="Page 2 of Keeping the Lighthouse, with the quote marked")
    expect(picture).to_be_visible()
    expect(page.locator("#quote")).to_be_in_viewport()
    if width == 1280:
        expect(picture).to_be_in_viewport()
    page.screenshot(path=SCREENSHOTS / f"read-pdf-{width}.png")
    assert fits(page, width)
    page.get_by_label("Page (of 3)").press("ArrowUp")
    page.get_by_label("Page (of 3)").press("Enter")
    expect(page.get_by_role("img", name="Page 3 of Keeping the Lighthouse")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_hostile_document_is_only_text(read, width):
    page = read("hostile.md", "end of the rubber duck", width=width)
    expect(page.locator("#quote")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>window.hacked=1</script>")
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"read-hostile-{width}.png")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cyd-text img, .cyd-text svg, .cyd-notes b, a[href^='javascript']").count() == 0
    assert page.strangers == []
    assert fits(page, width)
