"""What a browser fetches: small, whole, and nothing that the content policy would refuse."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from peerloop.core.markup.icons import drawn_icons, used_icons

BASE = Path(settings.BASE_DIR)
VENDOR = BASE / "static" / "vendor"
STYLES = ["vendor/bootstrap/bootstrap.subset.min.css", "ui/peerloop.css"]
FONTS = ["vendor/fonts/bricolage-grotesque-latin.woff2", "vendor/fonts/hanken-grotesk-latin.woff2"]
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))


def found(path: str) -> Path:
    return Path(finders.find(path))


def test_the_sprite_holds_the_icons_in_use_and_no_other():
    assert drawn_icons() == used_icons(), "run: manage.py make_icons"


# Fetched on the pages of who turns push on, gives a card, asks for help in writing or for money, or calls somebody, and
# on no other.
ASKED_FOR = ("push.js", "service-worker.js", "card.js", "paid-*.js", "request-*.js", "call.js", "call-*.js")


def test_styles_and_scripts_of_a_first_visit_are_at_most_90_kb():
    scripts = [each for each in (BASE / "static" / "js").rglob("*.js") if not any(map(each.match, ASKED_FOR))]
    files = [*map(found, [*STYLES, "django_htmx/htmx-2.min.js"]), *scripts]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= 90_000


def test_the_fonts_of_a_latin_page_are_at_most_100_kb():
    assert sum(found(font).stat().st_size for font in FONTS) <= 100_000


def test_vendor_files_are_what_they_were_when_they_came_in():
    for line in (VENDOR / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(BASE / "templates")))
def test_no_template_needs_what_the_content_policy_forbids(template):
    html = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", template.read_text(), flags=re.DOTALL)
    assert re.findall(r"""\sstyle=|\son[a-z]+=["']|hx-on|javascript:|<style""", html) == []
    assert re.findall(r"<script(?![^>]*\b(?:src|type=\"application/json\"))[^>]*>", html) == []


CODE_INKS = [
    "--pl-ink",
    "--pl-ink-3",
    "--pl-plum-ink",
    "--pl-honey-ink",
    "--pl-fern-ink",
    "--pl-lake-ink",
    "--pl-clay-ink",
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", CODE_INKS)
def test_code_is_readable_in_every_colour_it_may_have(ink, theme):
    assert contrast(token(ink)[theme], token("--pl-sunken")[theme]) >= 4.5


def token(name: str) -> tuple[str, str]:
    css = found("ui/peerloop.css").read_text()
    light, dark = re.search(rf"{name}: light-dark\((#\w+), (#\w+)\)", css).groups()
    return light, dark


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
