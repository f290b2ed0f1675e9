"""A page of the built book in a browser: what it asks for, what it complains about, and what keeps from reading it."""

from axe_playwright_python.sync_playwright import Axe

UNTYPESET = """
() => [...document.querySelectorAll('article .math')]
  .filter(formula => !formula.querySelector('mjx-container') || formula.querySelector('mjx-merror, [data-mjx-error]'))
  .map(formula => formula.textContent.slice(0, 120))
"""
TOO_WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  const scrolls = element =>
    element && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
  return document.documentElement.scrollWidth <= width ? [] :
    [...document.querySelectorAll('article *')]
      .filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
      .map(element => `${element.outerHTML.slice(0, 160)} reaches ${Math.round(element.getBoundingClientRect().right)}`)
      .slice(0, 4).concat(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
}
"""

WINDOWS = {}


class Visit:
    """One page in a browser tab of its own, with what it asked for and what it complained about."""

    def __init__(self, browser, origin, page, width, mode="light", script=""):
        self.problems = []
        # One window for all visits of a kind: the browser then keeps the scripts that every page loads.
        kind = (origin, mode)
        if kind not in WINDOWS:
            WINDOWS[kind] = browser.new_context(offline=origin.startswith("file:"))
            WINDOWS[kind].add_init_script(
                f"localStorage.setItem('mode', '{mode}'); localStorage.setItem('theme', '{mode}')"
            )
        self.tab = WINDOWS[kind].new_page()
        self.tab.set_viewport_size({"width": width, "height": 900})
        self.tab.add_init_script(script)
        self.tab.on("request", lambda request: self.see_request(origin, request.url))
        self.tab.on("requestfailed", lambda request: self.problems.append(f"not loaded: {request.url}"))
        self.tab.on("response", lambda response: self.see_response(response))
        self.tab.on("console", lambda message: self.see_message(message))
        self.tab.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.tab.goto(f"{origin}/{page}.html", wait_until="load")
        self.tab.evaluate("() => Promise.resolve(window.MathJax?.startup?.promise).then(() => true)")

    def see_request(self, origin, url):
        if not url.startswith((origin + "/", "data:", "blob:")):
            self.problems.append(f"request to another place: {url}")

    def see_response(self, response):
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def see_message(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text}")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.tab.close()


def check_layout(visit):
    visit.problems += [f"not typeset: {text}" for text in visit.tab.evaluate(UNTYPESET)]
    visit.problems += [f"wider than the window: {element}" for element in visit.tab.evaluate(TOO_WIDE)]


def barriers(tab):
    """What keeps somebody from reading the page, by axe-core: what it calls serious or critical."""
    found = Axe().run(tab, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"][:3]
    ]
