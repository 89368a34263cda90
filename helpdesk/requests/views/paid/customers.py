"""A customer asks for paid help, and watches the request until somebody has taken it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.errors import Refusal
from peerloop.core.paging import newest_first
from peerloop.core.payments.errors import OutOfBounds
from peerloop.core.payments.money import minor

from ... import panels
from ...errors import DescriptionMissing, DescriptionTooLong, RequestNotThere, UnknownCategory
from ...forms.paid import PaidRequestForm
from ...models import HelpRequest
from ...queries.paid import Standing, paid_requests_of, payment_of, standing_of
from ...services.requesting import request_paid_help, withdraw_request

PAGE = 10
# Which field of the form a refusal is about; any other is about the whole.
ABOUT: dict[type[Refusal], str] = {
    UnknownCategory: "category",
    DescriptionMissing: "description",
    DescriptionTooLong: "description",
    ForbiddenCharacters: "description",
    OutOfBounds: "amount",
}


@require_http_methods(["GET", "POST"])
@login_required
def ask(request: MemberRequest) -> HttpResponse:
    """The form, and what one has asked so far; POST leads on to the payment."""
    form = PaidRequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return to_payment(store(form, request))
        except Refusal as refusal:
            form.add_error(ABOUT.get(type(refusal)), refusal.sentence)
            return show_form(request, form, status=refusal.status)
    return show_form(request, form, status=422 if form.errors else 200)


@vary_on_headers("HX-Request")
@require_GET
@login_required
def status(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """How it stands. Once somebody has taken it, the customer goes on to the session."""
    found = own(request, request_id)
    is_customer = found.request.requester_id == request.user.pk
    if is_customer and found.session_page:
        return HttpResponseClientRedirect(found.session_page) if request.htmx else redirect(found.session_page)
    template = "helpdesk/requests/paid/_standing.html" if request.htmx else "helpdesk/requests/paid/status.html"
    return render(request, template, panels.standing(found, is_customer=is_customer))


@require_POST
@login_required
def withdraw(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Ask for nothing any more. What is refused stands on the page that the customer comes back to."""
    own(request, request_id)
    try:
        withdraw_request(request_id=request_id, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("customer_request_status", request_id)


def store(form: PaidRequestForm, request: MemberRequest) -> HelpRequest:
    given = form.cleaned_data
    amount = minor(given["amount"], panels.CURRENCY)
    about = {"category": given["category"], "description": given["description"], "request_id": given["request_id"]}
    return request_paid_help(**about, amount=amount, by=request.user)


def to_payment(made: HelpRequest) -> HttpResponse:
    payment = payment_of(made.pk)
    return redirect("payment", payment.pk) if payment and payment.is_open else redirect(made)


def show_form(request: MemberRequest, form: PaidRequestForm, *, status: int) -> HttpResponse:
    page = newest_first(paid_requests_of(request.user), before=request.GET.get("before"), size=PAGE)
    context = {**panels.asking(form), "asked": page.rows, "older": page.older, "later": "before" in request.GET}
    return render(request, "helpdesk/requests/paid/ask.html", context, status=status)


def own(request: MemberRequest, request_id: UUID) -> Standing:
    """The request for its customer and for staff; nobody else learns that it is there."""
    found = standing_of(request_id, request.user)
    if found is None:
        raise RequestNotThere
    return found
