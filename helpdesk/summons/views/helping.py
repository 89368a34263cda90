"""What a helper sees of helping: the sessions so far, and when not to be called."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal
from peerloop.core.presence.errors import OnlyHelpers

from ..forms import LimitsForm
from ..helping import sessions_of
from ..models import HelperLimits
from ..services.limits import set_limits


@require_safe
@login_required
def helped(request: MemberRequest) -> HttpResponse:
    """Every session in which the caller helped."""
    if not request.user.is_helper:
        raise OnlyHelpers
    page = sessions_of(request.user, before=request.GET.get("before"))
    context = {"sessions": page, "later": "before" in request.GET, "back": reverse("helper_dashboard")}
    return render(request, "helpdesk/helping/sessions.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def limits(request: MemberRequest) -> HttpResponse:
    """Quiet hours and the daily cap of a helper."""
    if not request.user.is_helper:
        raise OnlyHelpers
    own = HelperLimits.objects.filter(user=request.user).first()
    form, status = LimitsForm(request.POST or None, initial=model_to_dict(own) if own else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                set_limits(user=request.user, by=request.user, **form.cleaned_data)
                messages.success(request, "Saved. The switch stays as it is.")
                return redirect("helper_dashboard")
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
    return render(
        request, "helpdesk/helping/limits.html", {"form": form, "back": reverse("helper_dashboard")}, status=status
    )
