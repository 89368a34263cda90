"""What the pages of the desk share."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from peerloop.core.accounts.models import User
from peerloop.core.errors import Refusal

from ..forms import ReasonForm
from ..models import FlaggedItem
from ..permissions import can_moderate
from .buttons import press


class DeskAdmin(admin.ModelAdmin):
    """Rows that moderators read; only services write them."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_moderate(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_moderate(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        name = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": name, **(extra_context or {})})


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
    around = admin.site.each_context(request)
    return TemplateResponse(request, template, {**around, **context}, status=status)


def pressed(request: HttpRequest, form: ReasonForm, *, item: FlaggedItem | None = None) -> HttpResponse | int:
    """Do what was pressed on a page about one item or person, and go on there; or the status to show it again with."""
    if not form.is_valid():
        return 422
    # A button's value says both what and to whom: one reason field serves the item and its author.
    name, _, token = request.POST.get("verb", "").partition(" ")
    try:
        act = press(name, token, reason=form.cleaned_data["reason"], by=acting(request), item=item)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return refusal.status
    messages.success(request, said(act))
    return redirect(request.get_full_path())


def acting(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user


def said(act: Any) -> str:
    about = (
        f"the {act.item.kind_label.lower()} of {act.person}" if act.item and act.verb in act.DECISIONS else act.person
    )
    return f"{act.get_verb_display()} {about}."
