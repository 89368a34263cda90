"""The floors hold in templates too, which the import linter cannot see; and pages keep the security policy."""

import re
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

import peerloop.asgi  # noqa: F401  (loads every app's entrances)
from peerloop.core import slots
from tests.architecture.house import TEMPLATES, files, name_of

# Folders of templates/, lowest floor first; folders on one line belong to one app or are independent of each other.
FLOORS = [
    {"components": "shell", "shell": "shell", "base.html": "shell"},
    dict.fromkeys(("accounts", "account", "allauth", "mfa", "socialaccount", "usersessions"), "accounts"),
    {"push": "push"},
    {"notifications": "notifications"},
    {"payments": "payments"},
    {"moderation": "moderation", "admin": "moderation", "django": "moderation"},
    {"goodwill": "goodwill"},
    {"courses": "courses"},
    {"chat": "chat", "forums": "forums", "mentorship": "mentorship"},
    {"helpdesk": "helpdesk"},
    # Pages of errors are drawn by no app and included by none.
    dict.fromkeys(("pages", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "refusal.html"), "pages"),
]
FLOOR = {folder: (height, app) for height, floor in enumerate(FLOORS) for folder, app in floor.items()}

# The frame of every page lets people in and out.
FRAME = {"account_login", "account_logout", "account_signup"}
# allauth has this address only with a setting that we leave off; its page is ready.
SWITCHED_OFF = {"mfa_trust": "accounts"}

USED = re.compile(r"""\{%\s*(?:extends|include)\s+["']([^"'#]+)""")
LINKED = re.compile(r"""\{%\s*url\s+["']([\w:]+)["']""")
SLOT = re.compile(r"""\{%\s*slot\s+["']([\w.]+)["']""")
# <script src=…> is ours; code, style and handlers inside a page are what the policy blocks.
INLINE = re.compile(r"""<script(?![^>]*\bsrc=)(?![^>]*type="application/json")|<style|\sstyle=|\son[a-z]+=|\shx-on""")
LOGIC_IN_LINKS = re.compile(r"""(?:href|action|src)=["']\s*javascript:""", re.IGNORECASE)


def templates() -> list[Path]:
    return files("templates/**")


def floor_of(template: str) -> tuple[int, str]:
    return FLOOR[template.partition("/")[0]]


def may_stand_on(upper: tuple[int, str], lower: tuple[int, str]) -> bool:
    return lower[0] < upper[0] or lower[1] == upper[1]


def app_of_view(module: str) -> str:
    project, *rest = module.split(".")
    if project == "peerloop":
        return rest[1] if rest[0] == "core" else rest[0]
    return {"allauth": "accounts", "django": "moderation"}.get(project, project)


def views_by_name(resolver: URLResolver, prefix: str = "") -> dict[str, str]:
    """The app of each named address."""
    found: dict[str, str] = {}
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            view = getattr(each.callback, "view_class", each.callback)
            found[f"{prefix}{each.name}"] = app_of_view(view.__module__)
        else:
            found |= views_by_name(each, f"{each.namespace}:" if each.namespace else prefix)
    return found


def test_every_folder_of_templates_has_its_floor():
    assert {path.relative_to(TEMPLATES).parts[0] for path in templates()} - set(FLOOR) == set()


def test_templates_extend_and_include_only_what_stands_below():
    wrong = []
    for path in templates():
        name = path.relative_to(TEMPLATES).as_posix()
        wrong += [
            f"{name} uses {used}"
            for used in USED.findall(path.read_text())
            if not may_stand_on(floor_of(name), floor_of(used))
        ]
    assert wrong == []


def test_templates_link_only_to_addresses_of_floors_below():
    views, wrong = {**SWITCHED_OFF, **views_by_name(get_resolver())}, []
    for path in templates():
        name = path.relative_to(TEMPLATES).as_posix()
        for address in LINKED.findall(path.read_text()):
            in_frame = name.startswith("shell/") and address in FRAME
            if not in_frame and not may_stand_on(floor_of(name), FLOOR[views[address]]):
                wrong.append(f"{name} links to {address}")
    assert wrong == []


def test_slots_are_filled_from_above_and_stand_in_a_page():
    places = {slot: path for path in templates() for slot in SLOT.findall(path.read_text())}
    filled = [(slot, each.template) for slot in list(slots._fillings) for each in slots.fillings(slot)]
    assert len(filled) > 0
    assert [slot for slot, _ in filled if slot not in places] == []
    below = {slot: floor_of(path.relative_to(TEMPLATES).as_posix()) for slot, path in places.items()}
    wrong = [
        f"{template} in {slot}"
        for slot, template in filled
        # Dashboards and profiles stand on top and gather what the apps below them offer.
        if below[slot][0] >= floor_of(template)[0] and below[slot][1] != "pages"
    ]
    assert wrong == []


def test_no_page_holds_code_or_style_of_its_own():
    pages = [path for path in templates() if path.suffix == ".html"]
    wrong = [
        f"{name_of(path)}: {found.group().strip()}"
        for path in pages
        for found in (INLINE.search(path.read_text()), LOGIC_IN_LINKS.search(path.read_text()))
        if found
    ]
    assert wrong == []
