"""The room's page and the pieces it asks for."""

from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.models import Course
from courses.permissions import is_certified
from courses.queries import student_teacher_ids
from goodwill.queries import balance_of
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.analytics.services import track
from peerloop.core.errors import Refusal
from peerloop.core.flags.permissions import can_access
from peerloop.core.presence.leases import online

from .. import events, queries
from ..forms import MessageForm, NoticesForm
from ..models import ChatMessage, Room
from ..permissions import check_can_enter
from ..services import messages as message_services
from ..services import participants
from ..services.telling import drawing


def entered(request: MemberRequest, course_id: UUID) -> Room:
    """The room, for somebody who may be in it; else the refusal that says what to do."""
    course = get_object_or_404(Course, pk=course_id)
    check_can_enter(request.user, course)
    found = message_services.open_room(course.pk)
    found.course = course
    return found


@require_GET
def room(request: MemberRequest, course_id: UUID) -> HttpResponse:
    """The page, or one more page of its stream when HTMX asks for older or newer entries."""
    found = entered(request, course_id)
    if request.htmx and ("before" in request.GET or "after" in request.GET):
        piece = queries.stream(found, before=number(request, "before"), after=number(request, "after"))
        return render(request, "chat/rooms/_entries.html", {"room": found, "stream": piece})
    return render(request, "chat/rooms/room.html", page(request, found))


def page(request: MemberRequest, found: Room) -> dict[str, Any]:
    around = ChatMessage.objects.filter(room=found, pk=uuid(request, "at")).select_related("reply_to").first()
    place = (around.reply_to or around).number if around else None
    participant = participants.participant(room=found, by=request.user)
    teaches = is_certified(request.user, found.course)
    stream = queries.stream(found, around=place)
    track("page_view", user=request.user, course_id=found.pk, user_role="student_teacher" if teaches else "student")
    return {
        "room": found,
        "course": found.course,
        "stream": stream,
        "quiet": not stream.newer and queries.is_quiet(stream),
        "participant": participant,
        "teaches": teaches,
        "latest_number": found.last_number,
        "pending": queries.pending_questions(found),
        "online_helpers": queries.online_helpers(found.pk),
        "online_count": len(online(events.room(found.pk)) | {request.user.pk}),
        "answering": queries.answering_helper(found),
        "points": balance_of(request.user) if can_access(request.user, "goodwill_points") else None,
        "numbers": django_settings.PEERLOOP,
        "form": MessageForm(),
    }


def number(request: MemberRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def uuid(request: MemberRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


@require_POST
def messages(request: MemberRequest, course_id: UUID) -> HttpResponse:
    """The plain form's way to post; the page's script sends over the socket or the JSON door."""
    found = entered(request, course_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return render(request, "chat/rooms/room.html", {**page(request, found), "form": form}, status=400)
    said = {name: value for name, value in form.cleaned_data.items() if value}
    try:
        message_services.post_message(course_id=course_id, by=request.user, **{"content": "", **said})
    except Refusal as refusal:
        form.add_error("content", refusal.sentence)
        return render(request, "chat/rooms/room.html", {**page(request, found), "form": form}, status=refusal.status)
    return redirect("course_chat", course_id)


@require_GET
def changes(request: MemberRequest, course_id: UUID) -> HttpResponse:
    """What changed since a version, as the same frames that the socket sends to pages."""
    found = entered(request, course_id)
    changed = queries.changes_since(found, number(request, "since") or 0)
    helpers = student_teacher_ids(course_id)
    frames = [
        events.MessageUpdated(data=events.message_data(each, helpers)).for_pages(drawing(each, helpers))
        for each in changed.messages
    ]
    body = f'{{"version":{changed.version},"reload":{str(changed.reload).lower()},"frames":[{",".join(frames)}]}}'
    return HttpResponse(body, content_type="application/json")


@require_GET
def search(request: MemberRequest, course_id: UUID) -> HttpResponse:
    found = entered(request, course_id)
    text = request.GET.get("q", "")[:200]
    results = queries.search(found, text)
    return render(request, "chat/rooms/_results.html", {"room": found, "results": results, "q": text})


@require_GET
def suggestions(request: MemberRequest, course_id: UUID) -> HttpResponse:
    found = entered(request, course_id)
    alike = queries.suggestions(found, request.GET.get("content", "")[:1000])
    return render(request, "chat/rooms/_suggestions.html", {"room": found, "alike": alike})


@require_http_methods(["GET", "POST"])
def settings(request: MemberRequest, course_id: UUID) -> HttpResponse:
    """What to be told about in this room."""
    found = entered(request, course_id)
    participant = participants.participant(room=found, by=request.user)
    form = NoticesForm(request.POST or None, initial={"tell": participant.tell})
    if request.method == "POST" and form.is_valid():
        participants.choose_notices(room=found, tell=form.cleaned_data["tell"], by=request.user)
        if not request.htmx:
            return redirect("course_chat", course_id)
        return HttpResponse(status=204, headers={"HX-Trigger": '{"dialog:done": "Saved"}'})
    return render(request, "chat/rooms/_settings.html", {"room": found, "form": form})
