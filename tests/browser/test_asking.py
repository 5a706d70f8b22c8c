"""Asking as a visitor does it: a real server, the real encoder and Chromium; leaves pictures in tests/screenshots."""

import json
import re
import shutil

import pytest
from conftest import ROOT
from playwright.sync_api import expect
from serving import SCREENSHOTS, Served

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.model]

HOSTILE = """---
title: 'A <img src=x onerror="window.hacked=1"> page'
url: https://example.org/"onmouseover="window.hacked=2
publisher: '**bold** ![pixel](https://example.org/pixel.png)'
---

# A hostile page

The rubber duck protocol was signed in 1999. <script>window.hacked = 3</script>
<img src="https://example.org/pixel.png" onerror="window.hacked = 4">
The [duck](javascript:alert) protocol stands \u202e.
The rubber duck protocol has %s members.
""".replace("%s", "x" * 100_000)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The app with a copy of the corpus and no index yet."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    (folder / "corpus" / "hostile.md").write_text(HOSTILE)
    served = Served(folder)
    yield served
    served.stop()
    assert "Traceback" not in served.log()


def ask(page, question):
    box = page.get_by_placeholder("Ask about cyber diplomacy")
    box.wait_for()
    box.fill(question)
    box.press("Enter")


def cards(page, turn):
    return page.locator(f'[id^="t{turn}-"]')


def test_first_visit_builds_asks_follows_a_marker_and_opens_the_source(visit):
    page = visit()
    page.get_by_placeholder("Ask about cyber diplomacy").wait_for()
    ask(page, "Why is it hard to attribute a cyberattack?")
    card = cards(page, 1).first
    expect(card).to_contain_text("The difficulty of attribution")
    expect(card.locator("mark")).to_contain_text("ttribution")
    page.get_by_role("link", name="Source 1").click()
    expect(card).to_be_in_viewport()
    quote = card.locator("mark").inner_text()
    page.get_by_role("link", name="Open in source").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    assert page.locator("article mark").all_inner_texts()
    assert re.sub(r"\s", "", "".join(page.locator("article mark").all_inner_texts())) == re.sub(r"\s", "", quote)
    page.get_by_role("link", name="Back to the answer").click()
    expect(cards(page, 1).first).to_contain_text("The difficulty of attribution")


def test_a_follow_up_is_read_with_what_was_asked_before_or_literally(visit):
    page = visit()
    ask(page, "How many countries support the Paris Call?")
    expect(page.get_by_text("The quotes differ")).to_be_visible()
    ask(page, "And who launched it?")
    expect(page.get_by_text("Read as: And who launched the Paris Call?")).to_be_visible()
    page.get_by_role("button", name="Ask it literally").click()
    expect(page.get_by_text("Taken literally")).to_be_visible()
    expect(page.get_by_text("Read as:")).to_have_count(0)


def test_a_conversation_comes_back_after_a_restart_and_is_nobody_elses(visit, served):
    page = visit()
    ask(page, "What is the cyber inequity gap?")
    expect(cards(page, 1).first).to_be_visible()
    address = page.url
    assert "conversation=" in address
    served.stop()
    served.start()
    again = visit(address.removeprefix(f"{served.address}/"))
    expect(cards(again, 1).first).to_contain_text("cyber inequity gap")
    again.get_by_placeholder("Words of a question").fill("inequity")
    again.get_by_placeholder("Words of a question").press("Enter")
    expect(again.get_by_role("button", name="What is the cyber inequity gap?").first).to_be_visible()


def test_what_is_written_out_is_what_was_said(visit):
    page = visit()
    ask(page, "What is the cyber inequity gap?")
    quote = cards(page, 1).first.locator("mark").inner_text()
    page.get_by_role("button", name="This conversation").click()
    texts = {}
    for name in ("Save as Markdown", "References as BibTeX", "References as CSL-JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        texts[name] = download.value.path().read_text("utf-8")
    assert " ".join(quote.split())[:60] in texts["Save as Markdown"].replace("\\", "")
    assert texts["References as BibTeX"].startswith("@")
    assert json.loads(texts["References as CSL-JSON"])[0]["title"]


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen_and_can_be_used_by_everybody(visit, assert_accessible, width, scheme):
    page = visit(width=width, scheme=scheme)
    page.get_by_role("button", name="Why is it so hard to say").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"empty-{width}-{scheme}.png")
    assert_accessible(page)
    ask(page, "What is the cyber inequity gap?")
    expect(page.locator("mark").first).to_contain_text("cyber inequity gap")
    expect(page.locator("#question-1")).to_be_in_viewport()
    page.wait_for_timeout(800)
    expect(page.locator("#question-1")).to_be_in_viewport()  # the answer is read from its beginning
    page.screenshot(path=SCREENSHOTS / f"answer-{width}-{scheme}.png")
    page.get_by_text("Why this answer").click()
    page.get_by_text("What the estimate rests on").wait_for()
    assert_accessible(page)
    ask(page, "Which bird builds its nest in Patagonia?")
    expect(page.get_by_text("do not seem to answer")).to_be_visible()
    page.wait_for_timeout(800)
    page.screenshot(path=SCREENSHOTS / f"declined-{width}-{scheme}.png")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_is_enough(visit):
    page = visit()
    page.get_by_role("button", name="Why is it so hard to say").wait_for()
    expect(page.get_by_placeholder("Ask about cyber diplomacy")).to_be_focused()
    page.keyboard.type("What is the cyber inequity gap?")
    page.keyboard.press("Enter")
    expect(cards(page, 1).first).to_be_visible()
    link = page.get_by_role("link", name="Open in source").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if link.evaluate("(link) => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#quote")).to_be_in_viewport()


def test_a_reference_is_copied(visit):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "What does the Paris Call say about hack-back?")
    page.get_by_role("button", name="Copy reference").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Paris Call" in copied
    assert "https://parispeaceforum.org" in copied


@pytest.mark.parametrize("width", [1280, 360])
def test_hostile_documents_and_questions_are_only_text(visit, width):
    page = visit(width=width)
    ask(page, "When was the <i>rubber duck protocol</i> signed?<script>window.hacked = 5</script>")
    expect(cards(page, 1).first).to_contain_text("rubber duck protocol was signed in 1999")
    expect(page.locator("#question-1")).to_contain_text("<script>window.hacked = 5</script>")
    ask(page, "How many members has the rubber duck protocol? " + "y" * 5000)
    expect(page.locator("#question-2")).to_be_visible()
    expect(page.get_by_text("Was this right?").last).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".cyd-card img, .cyd-question i, .cyd-card strong").count() == 0
    assert page.locator('a[href^="javascript:"]').count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
