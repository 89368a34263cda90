"""The staff door: payments can be read here; what happens to them happens through their services."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal

from .forms import RefundForm
from .models import Payment, PaymentEntry, PaymentEvent, Payout, PayoutAccount, Refund, WebhookDelivery
from .money import in_units, in_words, minor
from .services.paying_out import retry_payout
from .services.refunds import refund
from .services.wishes import release


class ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(ReadOnly, admin.TabularInline):
    model = PaymentEvent
    fields = ("created_at", "what", "amount", "by", "note")
    readonly_fields = fields


class RefundInline(ReadOnly, admin.TabularInline):
    model = Refund
    fields = ("created_at", "amount", "status", "reason", "by", "error")
    readonly_fields = fields


@admin.register(Payment)
class PaymentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "payer", "payee", "purpose", "amount", "currency", "status", "wanted", "refunded")
    list_select_related = ("payer", "payee")
    list_filter = ("status", "wanted", "purpose", "provider")
    search_fields = ("payer__username", "payee__username", "intent_id")
    date_hierarchy = "created_at"
    show_full_result_count = False
    exclude = ("client_secret",)
    inlines = (EventInline, RefundInline)
    actions = ("release_the_hold", "refund_payment")

    @admin.action(description="Release the hold")
    def release_the_hold(self, request: MemberRequest, chosen: QuerySet[Payment]) -> None:
        for payment in chosen:
            told(request, f"{payment}: released", lambda each=payment: release(payment_id=each.pk, by=request.user))

    @admin.action(description="Refund …")
    def refund_payment(self, request: MemberRequest, chosen: QuerySet[Payment]) -> HttpResponse | None:
        """One payment at a time: the amount and the reason are asked for first."""
        payment = chosen.select_related("payer").first() if chosen.count() == 1 else None
        if payment is None:
            self.message_user(request, "Choose one payment to refund.", messages.WARNING)
            return None
        start = {"refund": uuid4(), "amount": in_units(payment.refundable, payment.currency)}
        form = RefundForm(request.POST) if "refund" in request.POST else RefundForm(initial=start)
        if form.is_bound and form.is_valid() and self._refunded(request, payment, **form.cleaned_data):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Refund a payment",
            "opts": self.model._meta,
            "payment": payment,
            "left": in_words(payment.refundable, payment.currency),
            "form": form,
        }
        return render(request, "admin/payments/refund.html", context)

    def _refunded(self, request: MemberRequest, payment: Payment, **given: Any) -> bool:
        amount = minor(Decimal(given["amount"]), payment.currency)
        about = {"payment_id": payment.pk, "refund_id": given["refund"], "reason": given["reason"]}
        said = f"Refunded {in_words(amount, payment.currency)}"
        return told(request, said, lambda: refund(amount=amount, by=request.user, **about))


@admin.register(Payout)
class PayoutAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "payee", "payment", "amount", "status", "sent", "reversed", "try_at", "error")
    list_select_related = ("payee", "payment")
    list_filter = ("status", "payment__provider")
    search_fields = ("payee__username", "transfer_id")
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ("try_again",)

    @admin.action(description="Try again")
    def try_again(self, request: MemberRequest, chosen: QuerySet[Payout]) -> None:
        for payout in chosen.select_related("payment"):
            told(
                request,
                f"{payout.in_words} is sent soon",
                lambda each=payout: retry_payout(payout_id=each.pk, by=request.user),
            )


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "person", "provider", "account_id", "is_submitted", "is_ready", "looked_at")
    list_select_related = ("person",)
    list_filter = ("is_ready", "is_submitted", "provider")
    search_fields = ("person__username", "account_id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(PaymentEntry)
class PaymentEntryAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "event", "side", "amount")
    list_select_related = ("event__payment",)
    list_filter = ("side",)
    date_hierarchy = "created_at"


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "kind", "event_id", "intent_id", "account_id", "done_at", "error")
    list_filter = ("kind", ("done_at", admin.EmptyFieldListFilter))
    search_fields = ("event_id", "intent_id", "account_id")
    date_hierarchy = "created_at"
    show_full_result_count = False


def told(request: MemberRequest, said: str, verb: Any) -> bool:
    """Do it and say so, or say why not."""
    try:
        verb()
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return False
    messages.success(request, said)
    return True
