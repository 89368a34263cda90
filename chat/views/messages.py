"""What is done to one message. Each answers HTMX with nothing but "done": the room hears of the change by itself."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodwill.queries import balance_of
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.conversations.errors import NotYours
from peerloop.core.errors import Refusal
from peerloop.core.moderation.models import Flag
from peerloop.core.moderation.services import flag_item

from ..forms import EditForm, FlagForm, ThanksForm
from ..models import ChatMessage
from ..permissions import check_can_enter
from ..services import messages, questions
from ..services import thanks as thanks_services


def seen_message(request: MemberRequest, message_id: UUID) -> ChatMessage:
    """The message, for somebody who may be in its room; a hidden or deleted one is not there."""
    found = get_object_or_404(ChatMessage.objects.shown().select_related("author", "room__course"), pk=message_id)
    check_can_enter(request.user, found.room.course)
    return found


def done(request: MemberRequest, found: ChatMessage, said: str = "") -> HttpResponse:
    """The page asks for what changed; `said` is shown for what cannot be seen in the room."""
    if not request.htmx:
        return redirect(found.get_absolute_url())
    toast = {"toast": {"text": said}} if said else {}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"chat:changed": {}, **toast})})


@require_GET
def message(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """The address of a message: its place in the room."""
    return redirect(seen_message(request, message_id).get_absolute_url())


def with_form(
    request: MemberRequest,
    template: str,
    form: Any,
    context: dict[str, Any],
    act: Callable[[dict[str, Any]], Any],
    *,
    said: str = "",
) -> HttpResponse:
    """Show the form; when it is sent and valid, act; when that is refused, show the form with the reason."""
    found, status = context["message"], 200
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
            return done(request, found, said)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
    elif request.method == "POST":
        status = 422
    return render(request, template, {**context, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def text(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Edit one's own message."""
    found = seen_message(request, message_id)
    if found.author_id != request.user.pk:
        raise NotYours
    form = EditForm(request.POST or None, initial={"content": found.content})

    def act(given: dict[str, Any]) -> None:
        messages.edit_message(message_id=message_id, content=given["content"], by=request.user)

    return with_form(request, "chat/messages/_edit.html", form, {"message": found, "numbers": settings.PEERLOOP}, act)


@require_POST
def deletion(request: MemberRequest, message_id: UUID) -> HttpResponse:
    found = seen_message(request, message_id)
    messages.delete_message(message_id=message_id, by=request.user)
    return done(request, found)


@require_POST
def question(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Mark one's own message as a question, or take the mark back with `off`."""
    found = seen_message(request, message_id)
    questions.mark_as_question(message_id=message_id, by=request.user, is_question="off" not in request.POST)
    return done(request, found)


@require_POST
def claim(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Say "I am answering", or take it back with `off`."""
    found = seen_message(request, message_id)
    act = questions.release_question if "off" in request.POST else questions.claim_question
    act(question_id=message_id, by=request.user)
    return done(request, found)


@require_http_methods(["GET", "POST"])
def thanks(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """ "This Helped!": choose the points, then confirm."""
    found = seen_message(request, message_id)
    balance = balance_of(request.user)
    default = settings.PEERLOOP.CHAT_AWARD_DEFAULT
    most = max(1, min(balance, settings.PEERLOOP.CHAT_AWARD_MAX))
    form = ThanksForm(request.POST or None, initial={"points": min(default, most)})
    context = {
        "message": found,
        "balance": balance,
        "most": most,
        "left": balance - min(default, most),
    }

    def act(given: dict[str, Any]) -> None:
        thanks_services.thank(message_id=message_id, by=request.user, points=given["points"])

    return with_form(request, "chat/messages/_thanks.html", form, context, act)


REPORTED = "Reported. A moderator will look at it."


@require_http_methods(["GET", "POST"])
def flag(request: MemberRequest, message_id: UUID) -> HttpResponse:
    """Report a message to the moderators."""
    found = seen_message(request, message_id)
    form = FlagForm(request.POST or None)
    form.fields["reason"].choices = Flag.Reason.choices  # type: ignore[attr-defined]

    def act(given: dict[str, Any]) -> None:
        flag_item(kind="chat_message", item_id=message_id, by=request.user, **given)

    return with_form(request, "chat/messages/_flag.html", form, {"message": found}, act, said=REPORTED)
