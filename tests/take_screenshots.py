"""Pictures of the page for README: `make screenshots` writes them to docs/images."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from serving import FLAGS, MILLISECONDS, ROOT, Served

OUT = ROOT / "docs" / "images"


def main() -> None:
    """Serve the shipped corpus and take them."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shutil.copytree(ROOT / "corpus", Path(folder, "corpus"))
        served = Served(Path(folder))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            _take(browser, served.address)
        finally:
            browser.close()
            served.stop()


def _take(browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.set_default_timeout(MILLISECONDS)
    page.goto(address)
    box = page.get_by_placeholder("Ask about cyber diplomacy")
    box.fill("Why did the Emotet botnet come back after its takedown?")
    box.press("Enter")
    page.get_by_text("Was this right?").wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "ask.png")
    page.get_by_role("link", name="Open in source").first.click()
    page.locator("#quote").wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "read.png")
    dark = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    dark.set_default_timeout(MILLISECONDS)
    dark.goto(f"{address}/sources")
    dark.get_by_text("The index is up to date").wait_for()
    dark.wait_for_timeout(1500)
    dark.screenshot(path=OUT / "sources.png")


if __name__ == "__main__":
    main()
