"""The pages of one payment, and the address where the provider tells us what happened."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from ..errors import NoSuchPayment, ProviderSilent
from ..forms import CheckForm, TestCardForm
from ..models import Payment
from ..permissions import can_pay
from ..purposes import label_of, target_of
from ..queries import payout_of, timeline
from ..services import testing
from ..services.opening import authorise, confirm, prepare
from ..services.webhooks import note_webhook


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """The signature is the proof; nobody is signed in here."""
    note_webhook(body=request.body, signature=request.headers.get("Stripe-Signature", ""))
    return HttpResponse(status=204)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    """The receipt with its timeline; for the payer of an open payment, the card form."""
    seen = _visible(request, payment_id)
    form = TestCardForm(request.POST or None) if settings.TEST_PAYMENTS else None
    if request.method == "POST":
        return _pay(request, seen, form)
    return _page(request, seen, form)


@login_required
@require_safe
def came_back(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    """From the bank's question, or from the provider's own form."""
    seen = confirm(payment_id=payment_id, by=request.user)
    return redirect(target_of(seen) if seen.is_held else reverse("payment", args=[seen.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: MemberRequest, intent_id: str) -> HttpResponse:
    """The stand-in for the bank's page, where the test cards that ask are answered."""
    if not settings.TEST_PAYMENTS:
        raise Http404
    asked = Payment.objects.filter(payer=request.user, intent_id=intent_id).first()
    if asked is None:
        raise NoSuchPayment
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        testing.answer_check(payment_id=asked.pk, passed=form.cleaned_data["passed"], by=request.user)
        return redirect("payment_return", asked.pk)
    return render(request, "payments/check.html", {"payment": asked}, status=400 if form.errors else 200)


def _visible(request: MemberRequest, payment_id: UUID) -> Payment:
    found = Payment.objects.visible_to(request.user).select_related("payer", "payee").filter(pk=payment_id).first()
    if found is None:
        raise NoSuchPayment
    return found


def _pay(request: MemberRequest, seen: Payment, form: TestCardForm | None) -> HttpResponse:
    if form is None:  # cards are given to the provider, never to us
        raise Http404
    if not form.is_valid():
        return _page(request, seen, form, status=400)
    back = request.build_absolute_uri(reverse("payment_return", args=[seen.pk]))
    try:
        paid, ask_at = authorise(payment_id=seen.pk, card=form.cleaned_data["card"], return_url=back, by=request.user)
    except Refusal as refusal:
        seen.refresh_from_db()
        return _page(request, seen, form, refusal=refusal, status=refusal.status)
    if ask_at:
        return HttpResponseRedirect(ask_at)
    return redirect(target_of(paid))


def _page(
    request: MemberRequest,
    seen: Payment,
    form: TestCardForm | None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    may_pay = can_pay(request.user, seen) and seen.is_open
    if may_pay and form is None:
        try:
            seen = prepare(payment_id=seen.pk, by=request.user)
        except ProviderSilent as silent:
            refusal, may_pay = silent, False
    context = {
        "payment": seen,
        "label": label_of(seen),
        "back": _way_back(request, seen),
        "form": form,
        "may_pay": may_pay,
        "refusal": refusal,
        "events": timeline(seen, request.user.pk),
        "payout": payout_of(seen, request.user) if settings.PAYOUT_PERCENT else None,
        "are_tests": settings.PAYMENTS_ARE_TESTS,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "return_url": request.build_absolute_uri(reverse("payment_return", args=[seen.pk])),
    }
    return render(request, "payments/payment.html", context, status=status)


def _way_back(request: MemberRequest, seen: Payment) -> tuple[str, str] | None:
    """Where each of the two came from, and its name: the thing paid for is the payer's."""
    if seen.payer_id != request.user.pk:
        return (reverse("payouts"), "Payouts") if settings.PAYOUT_PERCENT else None
    target = target_of(seen)
    return (target, label_of(seen)) if target != request.path else None
