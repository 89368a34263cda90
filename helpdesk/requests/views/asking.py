"""Asking everybody, keeping what is begun, and putting it right later."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from ..errors import NotYourRequest
from ..forms.free import TECHNIQUES, AskForm, ChangeForm
from ..models import HelpRequest, RequestPhoto
from ..permissions.free import can_edit
from ..queries.threads import category_of_course, draft_of
from ..services.asking import ask_for_help
from ..services.drafts import discard_draft, save_draft
from ..services.editing import edit_request
from ..services.pictures import Picture
from ..services.wording import COLUMNS, Wanted
from .shots import Shot, brought, chosen, drafted, standing
from .thread import own_address, seen_free

Act = Callable[[Wanted, Sequence[Picture]], HelpRequest]


@require_http_methods(["GET", "POST"])
@login_required
def new(request: MemberRequest) -> HttpResponse:
    """GET shows the form, with what was begun before, and with a question that the address brings along."""
    if request.method == "GET":
        return begun(request)
    form = AskForm(request.POST)

    def act(wanted: Wanted, pictures: Sequence[Picture]) -> HelpRequest:
        token = form.cleaned_data["token"]
        return ask_for_help(
            wanted=wanted, pictures=pictures, course_id=form.course_id(), draft_token=token, by=request.user
        )

    return sent(request, form, act)


@require_POST
@login_required
def draft(request: MemberRequest) -> HttpResponse:
    """Keep what the form holds and leave it; or throw away what was kept, with `off`."""
    if "off" in request.POST:
        discard_draft(by=request.user)
        return redirect("help_request_new")
    form = AskForm(request.POST)
    form.is_valid()
    shots: list[Shot] = []
    try:
        shots = chosen(request)
        shots += brought(request, request.user)
        save_draft(
            form=drafted_form(request),
            upload_ids=[each.upload.pk for each in shots],
            token=request.POST.get("token", ""),
            by=request.user,
        )
    except Refusal as refusal:
        return show(request, form, shots, refusal=refusal)
    messages.success(request, "Kept. Go on whenever you like.")
    return redirect("help_request_new")


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Change one's own request; what stood before is kept."""
    found = seen_free(request, request_id)
    if not can_edit(request.user, found):
        raise NotYourRequest
    if request.method == "GET":
        given = {name: getattr(found, name) for name in COLUMNS}
        form = ChangeForm(initial={**given, "token": found.updated_at.isoformat()})
        return show(request, form, standing(found.photos.select_related("upload")), found=found)
    form = ChangeForm(request.POST)

    def act(wanted: Wanted, pictures: Sequence[Picture]) -> HelpRequest:
        return edit_request(
            request_id=request_id, wanted=wanted, pictures=pictures, seen_at=form.seen_at(), by=request.user
        )

    return sent(request, form, act, found=found)


def begun(request: MemberRequest) -> HttpResponse:
    kept = draft_of(request.user)
    brought_along = carried(request)
    category = category_of_course(brought_along["course"], request.user)
    initial: dict[str, Any] = {**brought_along, "category": category, "token": str(uuid4())}
    if kept is None:
        return show(request, AskForm(initial=initial), [])
    given = {name: kept.form[name] for name in (*COLUMNS, "course") if kept.form.get(name)}
    given["description"] = below(kept.form.get("description", ""), initial["description"])
    form = AskForm(initial={**initial, **given, "is_public": "is_public" in kept.form})
    return show(request, form, drafted(kept), kept=kept)


def carried(request: MemberRequest) -> dict[str, str]:
    """What was written elsewhere and is to be asked here."""
    return {name: request.GET.get(name, "") for name in ("title", "description", "course")}


def below(begun_before: str, text: str) -> str:
    """A draft loses nothing to what is brought along; opened again, the form holds it once."""
    before = begun_before.replace("\r\n", "\n")
    return before if text in before else f"{before}\n\n{text}".strip()


def sent(request: MemberRequest, form: AskForm, act: Act, *, found: HelpRequest | None = None) -> HttpResponse:
    """Act upon a valid form; otherwise everything stands on the page as it was, with the reason."""
    is_valid = form.is_valid()
    shots: list[Shot] = []
    try:
        shots = chosen(request)
        shots += brought(request, request.user)
        if is_valid:
            return redirect(own_address(act(form.wanted(), [each.picture for each in shots])))
    except Refusal as refusal:
        return show(request, form, shots, found=found, refusal=refusal)
    return show(request, form, shots, found=found, status=422)


def show(
    request: MemberRequest,
    form: AskForm,
    shots: list[Shot],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "shots": shots,
        "refusal": refusal,
        "techniques": TECHNIQUES,
        "kinds": RequestPhoto.Kind.choices,
        "numbers": settings.PEERLOOP,
        **more,
    }
    return render(request, "helpdesk/requests/free/form.html", context, status=refusal.status if refusal else status)


def drafted_form(request: MemberRequest) -> dict[str, str]:
    """All that is typed, by name; the draft names its photos itself."""
    passed_over = {"csrfmiddlewaretoken", "photo", "token"}
    return {name: str(value) for name, value in request.POST.items() if name not in passed_over}
