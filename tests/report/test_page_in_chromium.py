"""The HTML page in a real browser: headless Chromium, pages loaded from files, and nothing from a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from report_samples import (
    HOSTILE,
    guide_report,
    hostile_errata,
    hostile_report,
    report,
    result,
    rich_report,
    whole,
    wide_report,
    with_script,
)
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from harness.report.html import render_guide, render_html
from harness.report.model import Report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not CHROMIUM or not DRIVER, reason="chromium and chromedriver are not installed"),
]

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WATCH = """
window.seen = [];
addEventListener("securitypolicyviolation", (event) => seen.push("policy: " + event.blockedURI));
addEventListener("error", (event) => seen.push("error: " + event.message));
for (const name of ["alert", "confirm", "prompt", "open", "fetch", "eval"]) {
  window[name] = () => seen.push("called: " + name);
}
"""
"""Runs before anything of a page, and notes what no page of ours may do."""

SCRIPT = "if True:\n    print('<b>&amp;</b>')"


class Browser:
    """One browser for all tests: a page is opened afresh, and what it asked for and said is kept."""

    def __init__(self, driver: Chrome, folder: Path) -> None:
        self.driver = driver
        self._folder = folder
        self._watch = ""

    def open(self, page: Report | str, link: str = "", *, width: int = 1280, before: str = "") -> None:
        """Opens a page; `before` is JavaScript that runs before the page's own."""
        if self._watch:
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=self._watch)
        added = self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH + before)
        self._watch = added["identifier"]
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        file = self._folder / "index.html"
        file.write_text(page if isinstance(page, str) else render_html(page), encoding="utf-8")
        self.driver.get("about:blank")
        self.complaints()
        self.requests()
        self.driver.get(file.as_uri() + link)

    def cdp(self, command: str, **options: Any) -> dict[str, Any]:
        return self.driver.execute_cdp_cmd(command, options)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """What the console said since last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since last asked."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent]

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def shown(self, selector: str) -> list[str]:
        """The ids, or else the texts, of the elements that can be seen."""
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return [item.get_attribute("id") or item.text for item in found if item.is_displayed()]

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def until(self, true: Callable[[], object]) -> None:
        WebDriverWait(self.driver, 5, poll_frequency=0.02).until(lambda _: true())


@pytest.fixture(scope="module")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert CHROMIUM
    assert DRIVER
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with pytest.MonkeyPatch.context() as patched:
        for name in (
            "no_proxy",
            "NO_PROXY",
        ):  # the driver is on this machine, whatever else goes through a proxy
            patched.setenv(name, "localhost,127.0.0.1")
        driver = Chrome(options=options, service=Service(DRIVER))
        try:
            driver.execute_cdp_cmd("Network.enable", {})
            yield Browser(driver, tmp_path_factory.mktemp("page"))
        finally:
            driver.quit()


@pytest.fixture
def browser(_browser: Browser) -> Iterator[Browser]:
    yield _browser
    _browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    _browser.cdp("Emulation.setEmulatedMedia", media="", features=[])


def unfold(browser: Browser) -> None:
    browser.run("document.querySelectorAll('details').forEach((item) => { item.open = true; })")


def failing(script: str = SCRIPT) -> Report:
    return report(whole(result("property", outcome="failed", message=with_script("They differ.", script))))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_report_does_nothing_and_fits_a_phone(browser: Browser, text: str) -> None:
    browser.open(hostile_report(text), width=390)
    unfold(browser)
    ActionChains(browser.driver).move_to_element(browser.find(".panel h3")).perform()
    assert browser.run("return [window.ran, window.seen]") == [None, []]
    assert browser.complaints() == []
    assert [address for address in browser.requests() if not address.startswith(("file:", "data:,"))] == []
    assert browser.run("return document.documentElement.scrollWidth") == 390


def test_the_policy_stops_what_escaping_would_have_missed(browser: Browser) -> None:
    evil = "<script>window.ran = 1</script><img src='https://page.invalid/x.png'><b onclick='ran = 2'>x</b></main>"
    browser.open(render_html(rich_report()).replace("</main>", evil))
    browser.until(lambda: len(browser.run("return seen")) >= 2)
    seen = browser.run("return seen")
    assert "policy: inline" in seen
    assert any(item.startswith("policy: https://page.invalid") for item in seen)
    assert browser.run("return window.ran") is None
    assert browser.complaints()


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize(
    "of",
    [rich_report(), wide_report(3), failing(), hostile_report("long_lines(of, code) " * 40)],
    ids=["rich", "wide", "failing", "long"],
)
def test_the_page_never_scrolls_sideways(browser: Browser, of: Report, width: int) -> None:
    browser.open(of, width=width)
    unfold(browser)
    room, needed = browser.run("return [document.documentElement.clientWidth, document.body.scrollWidth]")
    assert needed <= room
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return seen") == []


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize(
    "of",
    [
        guide_report(),
        rich_report(),
        hostile_errata("long_lines(of, code) " * 40),
        hostile_errata("W" * 10_000),
    ],
    ids=["guide", "no guide", "long", "wide"],
)
def test_the_page_about_the_guide_never_scrolls_sideways(browser: Browser, of: Report, width: int) -> None:
    browser.open(render_guide(of), width=width)
    unfold(browser)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return seen") == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_errata_do_nothing(browser: Browser, text: str) -> None:
    browser.open(render_guide(hostile_errata(text)), width=390)
    unfold(browser)
    assert browser.run("return [window.ran, window.seen]") == [None, []]
    assert browser.complaints() == []
    assert [address for address in browser.requests() if not address.startswith(("file:", "data:,"))] == []


def test_filtering_by_verdict_shows_rows_and_panels_and_can_be_linked(browser: Browser) -> None:
    browser.open(rich_report())
    browser.find("label[for='_word-lossy-at-edges']").click()
    assert browser.shown(".matrix .row th") == ["guide"]
    assert browser.shown(".panel") == ["view-metric-history"]
    assert browser.find("#_shown").text == "1 of 4 rows"
    address = browser.driver.current_url
    assert address.endswith("?verdict=lossy-at-edges")
    browser.driver.get("about:blank")
    browser.driver.get(address)
    assert browser.shown(".panel") == ["view-metric-history"]
    assert browser.find("#_word-lossy-at-edges").is_selected()
    browser.find("button[type=reset]").click()
    assert browser.shown(".panel") == ["log-list", "view-metric-history"]
    assert "?" not in browser.driver.current_url


def test_filtering_by_store_and_text(browser: Browser) -> None:
    browser.open(rich_report())
    browser.find("#_store option[value=file]").click()
    assert browser.shown(".matrix thead th") == ["recipe", "file"]
    assert browser.shown(".panel") == ["log-list"]
    assert set(browser.shown(".lines td[data-label=store]")) == {"file"}
    browser.find("#_text").send_keys("history")
    assert browser.shown(".panel") == []
    assert browser.find("#_none").is_displayed()
    assert browser.driver.current_url.endswith("?store=file&text=history")
    browser.find("#_store option[value='']").click()
    assert browser.shown(".panel") == ["view-metric-history"]
    assert browser.run("return seen") == []


def test_a_link_may_ask_for_several_things_and_for_nonsense(browser: Browser) -> None:
    browser.open(rich_report(), "?verdict=broken,equivalent&store=sqlite&text=list")
    assert browser.shown(".matrix .row th") == ["guide"]
    browser.open(rich_report(), "?verdict=%3Cscript%3E&store=nowhere&text=%FF%%%%#%E0%A4%A")
    assert browser.run("return seen") == []
    browser.open(rich_report(), "?verdict=nonsense&store=nowhere")
    assert browser.shown(".panel") == ["log-list", "view-metric-history"]


def test_a_link_to_a_divergence_unfolds_its_panel_also_where_it_is_filtered_away(browser: Browser) -> None:
    target = "view-metric-history.last-of-millisecond"
    for query in ("", "?verdict=broken"):
        browser.open(rich_report(), f"{query}#{target}")
        top = browser.run("return document.getElementById(arguments[0]).getBoundingClientRect().top", target)
        assert browser.find(f"[id='{target}']").is_displayed()
        assert -1 <= top < 800


def test_a_link_of_the_matrix_opens_the_panel_again_and_again(browser: Browser) -> None:
    browser.open(rich_report())
    for _ in range(2):
        browser.find(".matrix a[href='#view-metric-history']").click()
        browser.until(lambda: browser.run("return document.getElementById('view-metric-history').open"))
        browser.run("document.getElementById('view-metric-history').open = false; scrollTo(0, 0)")


def copied(browser: Browser) -> str:
    """What the clipboard holds: pasted into a field of several lines."""
    browser.run("document.body.append(Object.assign(document.createElement('textarea'), {id: 'paste'}))")
    browser.find("#paste").send_keys(Keys.CONTROL, "v")
    text = browser.find("#paste").get_property("value")
    assert isinstance(text, str)
    return text


NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined});"


@pytest.mark.parametrize("before", ["", NO_CLIPBOARD], ids=["clipboard", "command"])
def test_copying_a_script(browser: Browser, before: str) -> None:
    script = f"{SCRIPT}  # {before}"
    browser.open(failing(script), before=before)
    button = browser.find(".failure .copied button")
    button.click()
    browser.until(lambda: button.text == "Copied")
    assert copied(browser) == script.rstrip()
    assert browser.run("return seen") == []


def test_where_nothing_may_copy_the_text_is_selected(browser: Browser) -> None:
    browser.open(failing(), before=f"{NO_CLIPBOARD} document.execCommand = () => false;")
    button = browser.find(".failure .copied button")
    button.click()
    browser.until(lambda: button.text == "Press Ctrl+C")
    assert browser.run("return getSelection().toString()") == SCRIPT


def test_it_can_be_used_by_keyboard_alone(browser: Browser) -> None:
    browser.open(rich_report())
    browser.press(Keys.TAB)
    assert browser.run("return document.activeElement.className") == "skip"
    browser.press(Keys.ENTER)
    assert browser.driver.current_url.endswith("#_verdicts")
    browser.press(Keys.TAB)
    assert browser.run("return document.activeElement.id") == "_text"
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.press(*"list", Keys.ENTER)
    assert browser.shown(".panel") == ["log-list"]
    browser.press(*[Keys.BACKSPACE] * 4)
    for _ in range(20):
        browser.press(Keys.TAB)
        if browser.run("return document.activeElement.id") == "_word-broken":
            break
    browser.press(Keys.SPACE)
    assert browser.driver.current_url.endswith("?verdict=broken#_verdicts")
    browser.run("document.querySelector('#log-list > summary').focus()")
    browser.press(Keys.ENTER)
    assert not browser.run("return document.getElementById('log-list').open")


def test_what_scrolls_in_its_own_box_can_be_reached_by_keyboard(browser: Browser) -> None:
    browser.open(wide_report(3), width=390)
    unfold(browser)
    stuck = """return [...document.querySelectorAll("main *")].filter((item) =>
      ["auto", "scroll"].includes(getComputedStyle(item).overflowX)
      && item.scrollWidth > item.clientWidth && item.tabIndex < 0).length"""
    assert browser.run(stuck) == 0
    assert browser.run("return document.querySelector('.scroll').scrollWidth") > 390


def test_without_javascript_everything_is_there(browser: Browser) -> None:
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(failing())
    assert browser.driver.find_elements(By.CSS_SELECTOR, "button:not([type=reset])") == []
    assert not browser.find("#_filter").is_displayed()
    assert browser.shown(".matrix .row th") == ["guide"]
    assert "print(" in browser.find(".failure .code").text
    browser.find("#log-list > summary").click()
    assert not browser.find(".failure").is_displayed()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_it_follows_the_colours_of_the_system(browser: Browser, scheme: str, dark: bool) -> None:
    browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.open(rich_report())
    ground, ink = browser.run(
        """return ["backgroundColor", "color"].map((name) =>
          getComputedStyle(document.documentElement)[name].match(/\\d+/g).map(Number)[0])"""
    )
    assert (ground < 60 and ink > 200) if dark else (ground > 240 and ink < 60)


def test_what_is_folded_is_printed_and_what_is_pressed_is_not(browser: Browser) -> None:
    browser.open(rich_report())
    visible = "return document.querySelector('#view-metric-history .about').checkVisibility()"
    assert not browser.run(visible)
    browser.cdp("Emulation.setEmulatedMedia", media="print")
    assert browser.run(visible)
    assert not browser.find("#_filter").is_displayed()
