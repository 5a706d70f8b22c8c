"""The page as a visitor has it: a real server, the real encoder and Chromium; leaves pictures in tests/screenshots."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import ROOT
from playwright.sync_api import expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.model]

SCREENSHOTS = ROOT / "tests" / "screenshots"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SECONDS = 120_000  # milliseconds; the encoder is loaded and the index built on a slow machine
HOSTILE = """# A hostile page

The rubber duck protocol was signed in 1999. <script>window.hacked = 1</script>
<img src="https://example.org/pixel.png" onerror="window.hacked = 2"> The [duck](javascript:alert) protocol stands.
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The app on a free port with a copy of the corpus and no index yet."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    (folder / "corpus" / "hostile.md").write_text(HOSTILE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "CYDQA_CORPUS": str(folder / "corpus"), "CYDQA_INDEX": str(folder / "index")}
    options = ["--server.port", str(port), "--server.headless", "true"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()  # noqa: S310
                break
            except OSError:
                time.sleep(0.5)
        yield address
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
def visit(server, chromium):
    """Open the page in a fresh profile; remembers every request to another host."""
    contexts = []

    def visit(width=1280, scheme="light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        page.strangers = []
        page.on(
            "request",
            lambda request: request.url.startswith((server, "data:", "blob:")) or page.strangers.append(request.url),
        )
        page.goto(server)
        return page

    yield visit
    for context in contexts:
        context.close()


def ask(page, question):
    box = page.get_by_placeholder("Ask about cyber diplomacy")
    box.wait_for()
    box.fill(question)
    box.press("Enter")


def test_from_the_first_start_to_a_cited_passage(visit):
    page = visit()
    expect(page.get_by_text("There is no index yet")).to_be_visible(timeout=SECONDS)
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=SECONDS)
    ask(page, "Why is it hard to attribute a cyberattack?")
    card = page.locator(".cyd-card").first
    expect(card).to_contain_text("The difficulty of attribution", timeout=SECONDS)
    expect(card.locator("mark")).to_contain_text("ttribution")
    page.get_by_role("link", name="[1]").click()
    expect(card).to_be_in_viewport()
    ask(page, "What does the Paris Call say about hack-back?")
    link = page.locator(".cyd-card a").first
    expect(link).to_have_attribute(
        "href", "https://parispeaceforum.org/initiatives/paris-call-for-trust-and-security-in-cyberspace/"
    )
    expect(page.get_by_text("Why is it hard to attribute a cyberattack?")).to_be_attached()
    assert page.strangers == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen(visit, width, scheme):
    page = visit(width, scheme)
    page.get_by_placeholder("Ask about cyber diplomacy").wait_for()
    page.get_by_role("button", name="Why is it so hard to say").wait_for()
    page.screenshot(path=SCREENSHOTS / f"empty-{width}-{scheme}.png")
    ask(page, "What is the cyber inequity gap?")
    expect(page.locator("mark").first).to_contain_text("cyber inequity gap", timeout=SECONDS)
    expect(page.locator("#question-1")).to_be_in_viewport()
    page.wait_for_timeout(800)
    expect(page.locator("#question-1")).to_be_in_viewport()  # the answer is read from its beginning
    page.screenshot(path=SCREENSHOTS / f"answer-{width}-{scheme}.png")
    ask(page, "Which bird builds its nest in Patagonia?")
    expect(page.get_by_text("do not seem to answer")).to_be_visible(timeout=SECONDS)
    page.screenshot(path=SCREENSHOTS / f"declined-{width}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hostile_document_is_only_text(visit):
    page = visit()
    ask(page, "When was the <i>rubber duck protocol</i> signed?<script>window.hacked = 3</script>")
    expect(page.locator(".cyd-card").first).to_contain_text("rubber duck protocol was signed in 1999", timeout=SECONDS)
    expect(page.locator("#question-1")).to_contain_text("<script>window.hacked = 3</script>")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cyd-card img, .cyd-question i").count() == 0
    assert page.strangers == []
