"""What axe finds wrong with a page, as it stands or in every look."""

import json
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page, expect

from tests.support.browsers import DESKTOP, PHONE

ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rest of what axe could tell would take it as long again.
RULES: dict[str, Any] = {"runOnly": ALL, "resultTypes": ["violations"]}
# In the dark the same page has other colours.
OF_COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AT_REST = """() => document.getAnimations().every((each) =>
  each.playState !== 'running' || each.effect.getTiming().iterations === Infinity)"""


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What is wrong with the page as it stands: the rule, and the element it is about."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_FILE_PATH.read_text())
    found = page.evaluate(f"axe.run(document, {json.dumps(rules)}).then((results) => results.violations)")
    return [
        f"{each['id']}: {node['html'][:200]} ({node['failureSummary']})" for each in found for node in each["nodes"]
    ]


def in_light_and_dark(page: Page) -> Iterator[str]:
    """What is wrong with the page in either scheme."""
    for scheme, rules in (("light", RULES), ("dark", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        page.wait_for_function(AT_REST)  # colours change over a moment
        yield from (f"{page.viewport_size['width']} {scheme} {page.url}: {each}" for each in violations(page, rules))


def in_every_look(page: Page) -> Iterator[str]:
    """What is wrong with the page on a wide screen and on a phone, in light and in dark."""
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        yield from in_light_and_dark(page)
