"""One act on several things or people: a page that shows exactly whom, then one service call and log line each."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from peerloop.core.accounts.models import User
from peerloop.core.errors import NotThere, Refusal

from ..forms import ReasonForm
from ..models import FlaggedItem
from .buttons import ON_ITEMS, ON_PEOPLE, Button, press
from .desk import acting, page

Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse]
AT_ONCE = 200


def actions(buttons: dict[str, Button]) -> list[Action]:
    """The entries of a list's action menu."""
    return [_action(name, button) for name, button in buttons.items()]


def _action(name: str, button: Button) -> Action:
    def ask(model_admin: Any, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse:
        return _ask(request, name, chosen[:AT_ONCE], ReasonForm())

    ask.__name__ = f"{name}_selected"
    ask.short_description = f"{button.label} …"  # type: ignore[attr-defined]
    return ask


def several(request: HttpRequest) -> HttpResponse:
    """The answer to that page: the ids it showed are acted on, not whatever a filter finds by now."""
    name, tokens = request.POST.get("verb", ""), request.POST.getlist("target")[:AT_ONCE]
    if name not in {**ON_ITEMS, **ON_PEOPLE}:
        raise NotThere
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _ask(request, name, _targets(name, tokens), form, status=422)
    outcomes = Counter(_outcome(name, token, form.cleaned_data["reason"], acting(request)) for token in tokens)
    if done := outcomes.pop("", 0):
        messages.success(request, f"{_button(name).label}: {done} done.")
    for sentence, times in outcomes.items():
        messages.error(request, f"{sentence} ({times} left as they were)")
    model = FlaggedItem if name in ON_ITEMS else User
    return redirect(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"))


def _outcome(name: str, token: str, reason: str, by: User) -> str:
    try:
        press(name, token, reason=reason, by=by)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _button(name: str) -> Button:
    return {**ON_ITEMS, **ON_PEOPLE}[name]


def _targets(name: str, tokens: list[str]) -> list[Any]:
    model = FlaggedItem if name in ON_ITEMS else User
    keys = [token.partition(":")[0] for token in tokens]
    return list(model.objects.filter(pk__in=keys))


def _ask(
    request: HttpRequest, name: str, targets: Iterable[Any], form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    button = _button(name)
    rows = [(each.seen, each.text) if name in ON_ITEMS else (str(each.pk), each.email) for each in targets]
    context = {
        "title": f"{button.label} {len(rows)} selected",
        "rows": [(token, each, detail) for (token, detail), each in zip(rows, targets, strict=True)],
        "verb": name,
        "button": button,
        "form": form,
    }
    return page(request, "admin/moderation/several.html", context, status=status)
