"""How people work a page: with a mouse, with the keyboard alone, or without JavaScript. Controls go by their names."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

AXE = Axe().axe_script
WIDTHS = ((1440, 900), (390, 844))
SCHEME_RULES = ["color-contrast", "link-in-text-block"]  # all others see the same in both schemes
# Two frames later the change of scheme has begun its transitions; when they have ended, no colour is half way. What
# turns for ever, as a spinner, is not waited for.
AT_REST = """() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    .then(() => Promise.allSettled(document.getAnimations()
        .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished)))"""
expect.set_options(timeout=30_000)  # a worker that has just been started takes its time on a busy machine


class Mouse:
    """Counts what it does, so that a test can say how much work a job is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.fields = self.checkboxes = 0

    def control(self, role: str, name: str) -> Locator:
        return self.page.get_by_role(role, name=name, exact=True).and_(self.page.locator(":visible"))

    def press(self, role: str, name: str) -> None:
        self.clicks += 1
        self._press(self.control(role, name))

    def type(self, name: str, text: str) -> None:
        self.fields += 1
        self._type(self.page.get_by_label(name, exact=True), text)

    def tick(self, name: str) -> None:
        self.checkboxes += 1
        self._tick(self.control("checkbox", name))

    def _press(self, target: Locator) -> None:
        target.click()

    def _type(self, target: Locator, text: str) -> None:
        target.fill(text)

    def _tick(self, target: Locator) -> None:
        target.check()


class Keyboard(Mouse):
    """Tab until it is there, then Enter or Space; what cannot be reached that way does not exist."""

    def _go_to(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(80):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The keyboard does not reach {target}")

    def _press(self, target: Locator) -> None:
        self._go_to(target)
        self.page.keyboard.press("Enter")

    def _type(self, target: Locator, text: str) -> None:
        self._go_to(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def _tick(self, target: Locator) -> None:
        self._go_to(target)
        self.page.keyboard.press("Space")
        expect(target).to_be_checked()


def sign_in(hands: Mouse, base: str, email: str, password: str) -> None:
    hands.page.goto(f"{base}/login/")
    hands.type("Email", email)
    hands.type("Password", password)
    hands.press("button", "Sign in")
    expect(hands.page.get_by_role("button", name="Sign in")).to_have_count(0)


def look_for_barriers(page: Page) -> None:
    """Axe finds nothing, wide and narrow, light and dark; and nothing scrolls sideways. An open dialog stays open."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(AT_REST)
            found = barriers(page, {"runOnly": SCHEME_RULES} if scheme == "dark" else {})
            told = [(v["id"], [(n["html"], n["failureSummary"]) for n in v["nodes"]][:3]) for v in found]
            assert not told, f"{page.url} at {width} {scheme}: {told}"
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{page.url} scrolls sideways by {wider} at {width}"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def barriers(page: Page, options: dict[str, object]) -> list[dict]:
    """What axe objects to. Its half a megabyte of script goes to each page once."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    return page.evaluate(
        "options => axe.run(options).then(found => found.violations)", {"resultTypes": ["violations"]} | options
    )


def heading(page: Page, text: str | re.Pattern) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()
