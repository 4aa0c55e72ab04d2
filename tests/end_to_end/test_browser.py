"""The finished run of configs/digits.yaml, as TensorBoard shows it to a person: in headless Chromium.
Screenshots are kept in the folder ASSAY_TEST_ARTEFACTS."""

import os
import pathlib
import re
import shutil
import unittest

from playwright.sync_api import expect, sync_playwright

import metrics
import program
from tensorboard_server import TensorBoard

RUN = program.tutorial_run()
ARTEFACTS = pathlib.Path(os.environ["ASSAY_TEST_ARTEFACTS"])
WINDOW = {"width": 1280, "height": 900}
# All cards are within the window then; TensorBoard loads those only that are.
TALL_WINDOW = {"width": 1280, "height": 6000}
MILLISECONDS = 30_000
CURVE = re.compile(r"^M[^ML]+(L[^ML]+){20,}")  # of an SVG path, through many points


def setUpModule():
    if shutil.which("chromium") is None:
        raise AssertionError(
            "chromium is missing: apt-get install -y --no-install-recommends chromium")
    expect.set_options(timeout=MILLISECONDS)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.board = cls.enterClassContext(TensorBoard(RUN, load_fast=True))
        cls.board.wait_for_run(".", RUN)
        playwright = cls.enterClassContext(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        cls.addClassCleanup(browser.close)
        cls.browser = browser

    def open(self, tab):
        page = self.browser.new_page(viewport=TALL_WINDOW)
        self.addCleanup(page.close)
        page.goto(f"{self.board.address}/#{tab}")
        return page

    def keep(self, page, name):
        page.set_viewport_size(WINDOW)
        path = ARTEFACTS / f"tensorboard_{name}.png"
        page.screenshot(path=path)
        print(f"kept {path}")

    def test_scalars(self):
        page = self.open("scalars")
        tags = sorted(metrics.scalars(RUN))
        cards = page.locator("tf-scalar-card")
        expect(cards).to_have_count(len(tags))
        for card, tag in zip(cards.all(), tags):
            expect(card).to_contain_text(f"tag: {tag}")
            expect(card.locator("path.line").first).to_have_attribute("d", CURVE)
        self.keep(page, "scalars")

    def test_images(self):
        page = self.open("images")
        steps = {tag: points[0][0] for tag, points in metrics.images(RUN).items()}
        expect(page.locator("button.heading")).to_have_count(len(steps))
        # TensorBoard opens the first two.
        for heading in page.locator("button.heading:not([open-button])").all()[::-1]:
            heading.click()
        cards = page.locator("tf-image-loader")
        expect(cards).to_have_count(len(steps))
        for tag, step in steps.items():
            with self.subTest(tag=tag):
                card = cards.filter(has_text=re.compile(rf"tag: {re.escape(tag)}\s"))
                expect(card).to_have_count(1)
                expect(card).to_contain_text(f"step {step:,}")
                expect(card.locator("img")).to_have_js_property("naturalWidth", 600)
                expect(card.locator("img")).to_have_js_property("naturalHeight", 600)
        self.keep(page, "images")


if __name__ == "__main__":
    unittest.main(verbosity=2)
