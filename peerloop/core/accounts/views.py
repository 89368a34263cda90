"""The settings pages, and the faces of members."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peerloop.core.errors import Refusal
from peerloop.core.limits import at_most

from . import services
from .errors import UsernameTaken
from .exports import write_archive
from .forms.settings import AppearanceForm, AvatarForm, DeletionForm, ProfileForm
from .requests import MemberRequest

YEAR = 365 * 24 * 3600
EXPORTS_AN_HOUR = 5


@login_required
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, user=request.user)
    if request.method != "POST":
        return _profile_page(request, form)
    if not form.is_valid():
        return _profile_page(request, form, status=400)
    try:
        services.change_profile(user=request.user, by=request.user, **form.cleaned_data)
    except UsernameTaken as refusal:
        form.add_error("username", refusal.sentence)
        return _profile_page(request, form, status=refusal.status)
    messages.success(request, "Your profile is saved.")
    return redirect("settings_profile")


@login_required
@require_POST
def picture(request: MemberRequest) -> HttpResponse:
    if "remove" in request.POST:
        services.remove_avatar(user=request.user, by=request.user)
        messages.success(request, "Your picture is removed.")
        return redirect("settings_profile")
    form = AvatarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _profile_page(request, picture_form=form, status=400)
    try:
        services.set_avatar(user=request.user, file=form.cleaned_data["picture"], by=request.user)
    except Refusal as refusal:
        form.add_error("picture", refusal.sentence)
        return _profile_page(request, picture_form=form, status=refusal.status)
    messages.success(request, "Your picture is saved.")
    return redirect("settings_profile")


@login_required
def appearance(request: MemberRequest) -> HttpResponse:
    form = AppearanceForm(request.POST or None, initial={"theme": request.COOKIES.get("theme", "")})
    if request.method != "POST" or not form.is_valid():
        status = 200 if request.method != "POST" else 400
        return render(request, "accounts/settings/appearance.html", {"form": form}, status=status)
    messages.success(request, "Saved for this browser.")
    response = redirect("settings_appearance")
    theme = form.cleaned_data["theme"]
    # Read by theme.js as well, so it is not HttpOnly; empty means "as the device says".
    response.set_cookie("theme", theme, max_age=YEAR if theme else 0, samesite="Lax")
    return response


@login_required
@require_safe
def own_data(request: MemberRequest) -> HttpResponse:
    return _own_data_page(request, DeletionForm(user=request.user))


@login_required
@require_POST
@never_cache
def export(request: MemberRequest) -> FileResponse:
    at_most("export", request.user.pk, times=EXPORTS_AN_HOUR, seconds=3600)
    name = f"peerloop-{request.user.username}.zip"
    return FileResponse(write_archive(request.user), as_attachment=True, filename=name)


@login_required
@require_POST
def deletion(request: MemberRequest) -> HttpResponse:
    form = DeletionForm(request.POST, user=request.user)
    if not form.is_valid():
        return _own_data_page(request, form, status=400)
    services.delete_account(user=request.user, by=request.user)
    logout(request)
    messages.success(request, "Your account is deleted. What you wrote stays, without your name.")
    return redirect("/")


@require_safe
def avatar(request: HttpRequest, avatar_id: UUID) -> FileResponse:
    """Faces are for everybody; a changed one has another address, so this one never changes."""
    name = f"avatars/{avatar_id}.webp"
    if not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _profile_page(
    request: MemberRequest,
    form: ProfileForm | None = None,
    *,
    picture_form: AvatarForm | None = None,
    status: int = 200,
) -> HttpResponse:
    forms = {"form": form or ProfileForm(user=request.user), "picture_form": picture_form or AvatarForm()}
    return render(request, "accounts/settings/profile.html", forms, status=status)


def _own_data_page(request: MemberRequest, form: DeletionForm, *, status: int = 200) -> HttpResponse:
    return render(request, "accounts/settings/own_data.html", {"form": form}, status=status)
