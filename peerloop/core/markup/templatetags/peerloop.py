"""The tags that every template may use without loading anything."""

from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.template.defaultfilters import date
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from peerloop.core.markup import ids, navigation

register = template.Library()

MINUTE, HOUR, DAY, MONTH = 60, 3600, 86400, 30 * 86400


@register.simple_tag
def dom_id(thing: Model, prefix: str = "") -> str:
    """`{% dom_id message %}`, `{% dom_id message "actions" %}`: the id of a fragment's root element."""
    return ids.dom_id(thing, prefix)


@register.simple_tag
def icon(name: str, *, label: str = "", extra: str = "") -> SafeString:
    """`{% icon "bell" %}` beside text; `{% icon "check2" label="Done" %}` alone; `extra` adds classes."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    classes = f"bi bi-{name} {extra}".strip()
    href = f"{static('ui/icons.svg')}#{name}"
    return format_html('<svg class="{}" {}><use href="{}"></use></svg>', classes, spoken, href)


@register.inclusion_tag("components/_avatar.html")
def avatar(user: Any, *, size: str = "", st: bool = False, on: bool = False, extra: str = "") -> dict[str, Any]:
    """`{% avatar user size="sm" st=True on=True %}`: picture or initials, hidden from readers (the name stands beside).

    size: xs 26, sm 34, "" 40, lg 56, xl 88 pixels; st: wears the loop of a Student-Teacher; on: available to help.
    """
    flags = [size and f"pl-av--{size}", st and "pl-av--st", on and "pl-av--on", extra]
    return {"user": user, "classes": " ".join(each for each in flags if each)}


@register.simple_tag(takes_context=True)
def entries(context: template.Context, place: Any) -> list[dict[str, Any]]:
    """`{% entries "bar" as links %}`: the shell's links at this place, as `entry`, and whether each is `current`."""
    request = context["request"]
    # Whether an entry is shown may cost a query (a flag): the four places of one page ask once.
    if not hasattr(request, "shown_entries"):
        request.shown_entries = navigation.shown(request.user)
    found = navigation.at(place, request.shown_entries)
    return [{"entry": each, "current": _is_under(request.path, each.url)} for each in found]


@register.simple_tag(takes_context=True)
def start(context: template.Context) -> str:
    """`{% start %}`: where the logo leads the viewer."""
    return navigation.start_of(context["request"].user)


def _is_under(path: str, url: str) -> bool:
    return path == url or path.startswith(url.rstrip("/") + "/")


@register.simple_tag
def plural(number: int, noun: str, many: str = "") -> str:
    """`{% plural 3 "helper" %}` is "3 helpers"; `{% plural n "reply" "replies" %}` gives the other form."""
    return f"{number} {noun if number == 1 else many or noun + 's'}"


@register.filter
def control(field: BoundField) -> SafeString:
    """The form control with the site's classes; help and errors are tied to it by Django's own ids."""
    classes = {"checkbox": "form-check-input", "select": "form-select"}.get(field.widget_type, "form-control")
    given = field.field.widget.attrs.get("class", "")
    wrong = "is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, [classes, given, wrong]))})


@register.filter
def option_control(option: BoundWidget) -> SafeString:
    """One radio button or checkbox of a group, without its label."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()


@register.filter
def ago(when: datetime | None) -> SafeString | str:
    """`<time>` with "6 minutes ago"; times.js keeps it true while the page is open. Empty without a time."""
    return _time(when, "ago", _in_words(when)) if when else ""


@register.filter
def clock(when: datetime | None) -> SafeString | str:
    """`<time>` with the time of day, "18:41", in the viewer's zone; times.js writes it in the viewer's manner."""
    return _time(when, "clock", date(timezone.localtime(when), "H:i")) if when else ""


@register.filter
def day(when: datetime | None) -> SafeString | str:
    """`<time>` with the date, "12 March 2026", in the viewer's zone; times.js says "Today" and "Yesterday"."""
    return _time(when, "day", date(timezone.localtime(when), "j F Y")) if when else ""


def _time(when: datetime, kind: str, text: str) -> SafeString:
    return format_html('<time datetime="{}" data-time="{}">{}</time>', when.isoformat(), kind, text)


def _in_words(when: datetime) -> str:
    seconds = max(0, int((timezone.now() - when).total_seconds()))
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return plural(seconds // MINUTE, "minute") + " ago"
    if seconds < DAY:
        return plural(seconds // HOUR, "hour") + " ago"
    if seconds < MONTH:
        return plural(seconds // DAY, "day") + " ago"
    return date(timezone.localtime(when), "j F Y")
