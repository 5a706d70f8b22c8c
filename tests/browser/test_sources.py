"""The Sources page as a visitor has it: a real server, the real encoder and Chromium; leaves pictures of each state."""

import pytest
from conftest import DOCUMENTS, ids, write_corpus
from pdf_files import SENTENCES, Paper
from playwright.sync_api import expect
from serving import MILLISECONDS, SCREENSHOTS, Served

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.model]

HOSTILE = "<img src=x onerror='window.hacked=1'> report\u202efdp.md"
SHOWN = "<img src=x onerror='window.hacked=1'> report\\u202efdp"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The app with a small corpus and no index yet."""
    folder = tmp_path_factory.mktemp("served")
    write_corpus(folder / "corpus", {**DOCUMENTS, HOSTILE: "The rubber duck protocol."})
    served = Served(folder)
    yield served
    served.stop()
    assert "Traceback" not in served.log()


def pictures(page, name):
    """Leave a picture of what is there for each width and theme; nothing is wider than the screen."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)
            page.screenshot(path=SCREENSHOTS / f"sources-{name}-{width}-{scheme}.png")
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def row(page, title):
    return page.locator("[class*='st-key-cyd-row-']").filter(has_text=title)


def build(page):
    page.get_by_role("button", name="uild the index").click()
    expect(page.get_by_role("heading", name="The last build")).to_be_visible(timeout=MILLISECONDS)


def test_the_first_build_is_followed_and_found_again_after_the_tab_and_the_server_were_closed(visit, served):
    page = visit()
    expect(page.get_by_text("There is no index yet")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    pictures(page, "first-build")
    page.close()
    served.stop()
    served.start()
    page = visit()
    expect(page.get_by_placeholder("Ask about cyber diplomacy")).to_be_visible(timeout=MILLISECONDS)
    page.get_by_role("link", name="Sources").first.click()
    expect(page.get_by_text("The index is up to date.")).to_be_visible()
    expect(page.get_by_text("4 documents and 6 passages in the index")).to_be_visible()
    page.get_by_role("button", name="Dismiss this report").click()
    expect(page.get_by_role("heading", name="The last build")).to_have_count(0)


def shows_its_page(page):
    """The next question finds the new PDF, and its page is shown with the quote marked."""
    page.get_by_placeholder("Ask about cyber diplomacy").fill("calls between states")
    page.keyboard.press("Enter")
    card = page.locator('[id^="t2-c"]').filter(has_text="Calls between states").first
    expect(card).to_be_visible(timeout=MILLISECONDS)
    page.locator("[class*='st-key-card-t2-']").filter(has_text="Calls between states").get_by_role("link").last.click()
    expect(page.get_by_role("img", name="Page 1 of Calls between states, with the quote marked")).to_be_visible()
    expect(page.locator("#quote")).to_be_in_viewport()


def test_from_upload_to_answer_and_from_removal_to_oblivion(visit, served, assert_accessible):
    paper = Paper(title="Calls between states")
    paper.paragraph(SENTENCES, 70, 700)
    page = visit("sources")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "calls.pdf", "mimeType": "application/pdf", "buffer": paper.bytes()},
            {"name": "leave.md", "mimeType": "text/plain", "buffer": b"# Annual leave\n\nNow twenty days of leave."},
            {"name": "program.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
            {"name": "broken.txt", "mimeType": "text/plain", "buffer": b"\xff\0"},
        ]
    )
    expect(page.get_by_text("Added: calls.pdf")).to_be_visible()
    expect(page.get_by_text("Refused: program.exe")).to_be_visible()
    expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)
    page.get_by_role("button", name="Replace leave.md").click()
    expect(page.get_by_text("Replaced: leave.md")).to_be_visible()
    expect(row(page, "calls.pdf")).to_contain_text("new")
    pictures(page, "changed")
    assert_accessible(page)

    page.get_by_role("button", name="Rebuild the index").click()
    expect(page.get_by_role("button", name="Cancel the build")).to_be_visible()
    pictures(page, "building")
    assert_accessible(page)
    asking = visit()
    asking.get_by_placeholder("Ask about cyber diplomacy").fill("Who checks every invoice?")
    asking.keyboard.press("Enter")
    expect(asking.get_by_text("The accountant checks every invoice twice.").first).to_be_visible(timeout=MILLISECONDS)
    expect(page.get_by_role("heading", name="The last build")).to_be_visible(timeout=MILLISECONDS)
    expect(row(page, "Calls between states")).to_contain_text("1 page")
    expect(row(page, "Calls between states")).to_contain_text("indexed")
    expect(row(page, "broken.txt")).to_contain_text("it is not valid UTF-8")
    shows_its_page(asking)
    pictures(page, "report")
    assert_accessible(page)

    row(page, "Calls between states").get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    row(page, "broken.txt").get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Remove 2 documents").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Calls between states (calls.pdf)")
    pictures(page, "removing")
    assert_accessible(page)
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(row(page, "Calls between states")).to_contain_text("removed")
    assert ids(served.corpus) == {*DOCUMENTS, HOSTILE}
    page.get_by_role("button", name="Dismiss this report").click()
    expect(page.get_by_role("heading", name="The last build")).to_have_count(0)
    build(page)
    expect(page.get_by_text("Removed: 1 document")).to_be_visible()
    expect(row(page, "Calls between states")).to_have_count(0)


def test_a_build_is_cancelled_and_the_index_stays(visit, served):
    (served.corpus / "more.md").write_text("# More\n\nMore to read.")
    page = visit("sources")
    before = page.get_by_text("passages in the index").inner_text()
    page.get_by_role("button", name="Rebuild the index").click()
    page.get_by_role("button", name="Cancel the build").click()
    expect(page.get_by_text("It was cancelled.")).to_be_visible(timeout=MILLISECONDS)
    pictures(page, "cancelled")
    expect(page.get_by_text("passages in the index")).to_have_text(before)
    (served.corpus / "more.md").unlink()


def test_a_hostile_name_is_only_text_and_a_title_leads_to_its_document(visit):
    page = visit("sources")
    expect(row(page, SHOWN)).to_have_count(1)
    assert page.get_by_text("\u202e").count() == 0
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None
    assert page.locator("[class*='st-key-cyd-row-'] img").count() == 0
    page.get_by_role("link", name="Annual leave").click()
    page.wait_for_url("**/read?document=leave.md")
