"""The steward page in a real browser: steward_page.py CHROMIUM URL OTHER_URL REFUSE APPROVE PREVIEW PICTURES

URL and OTHER_URL are one-time addresses; REFUSE and APPROVE are numbers of waiting releases; PREVIEW is a file with the
exact body of the second one. Everything is done with the keyboard. Prints what it saw; exits with 1 where one thing fails.
"""

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

CONTRAST = """() => {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim() !== "");
    if (!own || !node.checkVisibility()) continue;
    const a = light(parse(getComputedStyle(node).color)), b = light(ground(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(node.tagName + " " + ratio.toFixed(2) + " " + node.textContent.slice(0, 40));
  }
  return poor;
}"""

NAMELESS = """() => [...document.querySelectorAll("button, select, textarea, input")].filter((control) =>
  control.checkVisibility() && !(control.labels?.length || control.textContent.trim() || control.ariaLabel))
  .map((control) => control.outerHTML)"""


def check(holds, what):
    print(("holds  " if holds else "FAILS  ") + what)
    if not holds:
        sys.exit(1)


def press_until(page, key, selector, most=60):
    """Presses a key until the focus is on what the selector names."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press(key)
    check(False, f"{key} reaches {selector}")


def watch(page, urls, faults):
    page.on("request", lambda request: urls.append(request.url))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))


def log_in(page, url):
    page.goto(url.split("#")[0])
    expect(page.locator("#word")).to_contain_text("weft-node steward")
    check(page.locator("#desk").is_hidden(), "without a session there is nothing but how to get one")
    page.goto("about:blank")
    page.goto(url)
    page.locator("#list li").first.wait_for()
    check("#" not in page.url, "the code does not stay in the address")
    cookie = page.context.cookies(page.url.replace("/steward", "/v1/release"))[0]
    check(cookie["httpOnly"] and cookie["sameSite"] == "Strict", "the cookie is HttpOnly and SameSite=Strict")
    check(page.evaluate("document.cookie") == "", "no script sees the cookie")


def look_at(page, number):
    press_until(page, "Tab", f"[data-release='{number}']")
    page.keyboard.press("Enter")
    expect(page.locator("#shown")).to_contain_text(f" {number}:")
    check(page.evaluate("document.activeElement.id") == "shown", f"the focus goes to the heading of statement {number}")


def refuse(page, number):
    look_at(page, number)
    press_until(page, "Tab", "#reason")
    page.keyboard.type("the consent form is missing")
    press_until(page, "Tab", "#refuse")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_contain_text("stays here")
    check("the consent form is missing" in page.locator("main").inner_text(), "the refusal stands there with its reason")
    page.reload()
    page.locator("#list li").first.wait_for()
    check(page.locator(f"[data-release='{number}']").count() == 0, "what is refused waits no longer, also after a reload")


def approve(page, number, preview):
    look_at(page, number)
    shown = page.locator("#body").evaluate("node => node.textContent")
    check(shown == preview, f"the page shows the {len(preview)} characters that would leave, each of them")
    main = page.locator("main").inner_text()
    for words in ("very member of the federation, its auditors", "added at signing", "metric.accuracy", "0.9375", "stays here", "new"):
        check(words in main, f"it says: {words}")
    press_until(page, "Tab", "#approve")
    page.keyboard.press("Enter")
    page.locator("#sure").wait_for()
    check(page.evaluate("document.activeElement.id") == "no", "the question begins at the answer that changes nothing")
    page.keyboard.press("Escape")
    page.locator("#sure").wait_for(state="detached")
    check(page.evaluate("document.activeElement.id") == "approve", "Escape gives the focus back")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "#yes")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_contain_text("was let out")
    check("approved" in page.locator("#shown").inner_text(), "it is approved")


def disclose(page, number, value):
    page.locator("#state").select_option("disclosures")
    page.locator(f"[data-disclosure='{number}']").wait_for()
    check("wait for you" in page.locator("#word").inner_text(), "it says how many requests wait")
    press_until(page, "Tab", f"[data-disclosure='{number}']")
    page.keyboard.press("Enter")
    expect(page.locator("#shown")).to_contain_text(f"request {number} of coordinator")
    main = page.locator("main").inner_text()
    check(value in main, "the page shows the very value that would leave")
    check("coordinator alone" in main, "and for whom")
    check(page.evaluate(NAMELESS) == [], "every control of a request has a name")
    press_until(page, "Tab", "#open")
    page.keyboard.press("Enter")
    page.locator("#sure").wait_for()
    press_until(page, "Tab", "#yes")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_contain_text("was granted")
    check("granted" in page.locator("#shown").inner_text(), "it is granted")
    page.locator("#state").select_option("waiting")
    page.locator("[data-release]").first.wait_for()


def looks(page, scheme, pictures):
    page.emulate_media(color_scheme=scheme)
    poor = page.evaluate(CONTRAST)
    check(poor == [], f"{scheme}: every text has a contrast of 4.5 at least {poor}")
    page.screenshot(path=str(pictures / f"steward-{scheme}.png"), full_page=True)


def story(browser, url, other, numbers, preview, pictures):
    urls, faults = [], []
    page = browser.new_context(color_scheme="light").new_page()
    watch(page, urls, faults)
    log_in(page, url)
    refuse(page, numbers[0])
    approve(page, numbers[1], preview)
    disclose(page, numbers[2], "rows that were asked for")
    waiting = page.locator("#list button").first.get_attribute("data-release")
    look_at(page, waiting)
    check(page.evaluate(NAMELESS) == [], "every control has a name")
    tree = page.locator("body").aria_snapshot()
    for role in ("banner", "navigation \"Statements\"", "main", "status", "table", "heading \"Your decision\""):
        check(role in tree, f"a screen reader finds: {role}")
    for scheme in ("light", "dark"):
        looks(page, scheme, pictures)
    page.set_viewport_size({"width": 360, "height": 640})
    check(page.evaluate("document.documentElement.scrollWidth <= 360"), "a narrow window needs no scrolling sideways")
    host = url.split("/steward")[0]
    check(all(each.startswith(host) or each == "about:blank" for each in urls), "nothing was asked of another server")
    check(faults == [], f"the browser complains of nothing {faults}")
    stranger = browser.new_context().new_page()
    stranger.goto(url)
    expect(stranger.locator("#word")).to_contain_text("was used")
    check(stranger.locator("#desk").is_hidden(), "the address opens nothing a second time")
    tab = page.context.new_page()
    tab.goto(url.split("#")[0])
    expect(tab.locator("#word")).to_contain_text("weft-node steward")
    check(tab.locator("#desk").is_hidden(), "the cookie alone opens nothing in another tab")
    tab.goto("about:blank")
    tab.goto(other)
    tab.locator("#list li").first.wait_for()
    tab.locator("#leave").click()
    expect(tab.locator("#word")).to_contain_text("logged out")
    check(tab.evaluate("sessionStorage.length") == 0, "after logging out nothing is left in the tab")


def main():
    chromium, url, other, first, second, request, preview, pictures = sys.argv[1:]
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        # Chromium refuses its own sandbox to root, which is who a container's build runs as.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print("browser " + browser.version)
        story(browser, url, other, (first, second, request), Path(preview).read_text("utf-8"), Path(pictures))
        browser.close()


main()
