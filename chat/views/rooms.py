"""The room's page and the pieces it asks for."""

from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.models import Course
from goodwill.queries import account_as_read
from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.analytics.services import track
from peerloop.core.errors import Refusal
from peerloop.core.flags.permissions import can_access
from peerloop.core.presence.leases import online

from .. import events, queries
from ..forms import MessageForm, NoticesForm
from ..models import ChatMessage, Room
from ..permissions import check_may_enter
from ..services import messages as message_services
from ..services import participants


def entered(request: MemberRequest, course_id: UUID) -> Room:
    """The room, for somebody who may be in it; else the refusal that says what to do."""
    found = queries.visit(course_id, request.user)
    if found is None:
        message_services.open_room(get_object_or_404(Course, pk=course_id).pk)
        return entered(request, course_id)
    check_may_enter(request.user, takes_part=found.enrolled or found.teaches)
    return found


@require_GET
def room(request: MemberRequest, course_id: UUID) -> HttpResponse:
    """The page, or one more page of its stream when HTMX asks for older or newer entries."""
    found = entered(request, course_id)
    if request.htmx and ("before" in request.GET or "after" in request.GET):
        return render(request, "chat/rooms/_entries.html", {"room": found, "stream": piece(request, found)})
    return render(request, "chat/rooms/room.html", page(request, found))


def piece(request: MemberRequest, found: Room) -> queries.Stream:
    """The page of the stream that the address asks for."""
    if "after" in request.GET:
        shown = queries.stream_after(found, number(request, "after") or 0)
    elif message_id := uuid(request, "at"):
        message = ChatMessage.objects.filter(room=found, pk=message_id).first()
        shown = queries.stream_around(found, message.root_number) if message else queries.stream_before(found)
    else:
        shown = queries.stream_before(found, number(request, "before"))
    if request.htmx:
        queries.add_givers(shown.messages)
    return shown


def page(request: MemberRequest, found: Room) -> dict[str, Any]:
    """Everything the page shows, in as few queries as its parts allow."""
    shown = piece(request, found)
    here = online(events.room(found.pk))
    people = queries.people_of(found.pk, here | queries.givers_of(shown.messages))
    queries.add_givers(shown.messages, people)
    if found.read_number is None:
        found.read_number = participants.participant(room=found, by=request.user).read_number
    role = "student_teacher" if found.teaches else "student"
    track("page_view", user=request.user, course_id=found.pk, user_role=role)
    return {
        "room": found,
        "course": found.course,
        "stream": shown,
        "quiet": not shown.newer and queries.is_quiet(shown),
        "pending": queries.pending_questions(found.pk),
        "online_helpers": queries.helpers_among(people[each] for each in here if each in people),
        "online_count": len(here | {request.user.pk}),
        "answering": queries.answering_helper(shown),
        "points": points_of(request.user),
        "numbers": django_settings.PEERLOOP,
        "form": MessageForm(),
    }


def points_of(user: User) -> int | None:
    """What there is to give; None while goodwill is switched off for the person."""
    account = account_as_read(user) if can_access(user, "goodwill_points") else None
    return account.balance if account else None


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
    frames = [
        events.MessageUpdated(data=events.message_data(each)).for_pages({"message": each}) for each in changed.messages
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
        return HttpResponse(status=204, headers={"HX-Trigger": '{"toast": {"text": "Saved"}}'})
    return render(request, "chat/rooms/_settings.html", {"room": found, "form": form})
