from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal
from peerloop.core.payments.models import Payment
from peerloop.core.payments.money import in_units, in_words, minor

from ..sessions.admin import ReadOnly
from .forms.paid import DecisionForm
from .models import Claim, HelpRequest, ProblemReport
from .queries.paid import payment_of
from .services.holding import end_abandoned
from .services.problems import decline_problem, refund_problem

CURRENCY = settings.PEERLOOP.CURRENCY


@admin.register(HelpRequest)
class HelpRequestAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "created_at",
        "title",
        "requester",
        "category",
        "status",
        "amount",
        "payment_status",
        "assigned_helper",
        "ending",
        "rating",
    )
    list_select_related = ("requester", "assigned_helper")
    list_filter = (("amount", admin.EmptyFieldListFilter), "status", "payment_status", "ending", "category")
    search_fields = ("title", "requester__username", "payment_intent_id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(Claim)
class ClaimAdmin(ReadOnly, admin.ModelAdmin):
    """To look at, and to end what its helper has abandoned: no money is taken then."""

    list_display = ("created_at", "request", "helper", "status", "start_by", "seen_at", "ended_at")
    list_select_related = ("request", "helper")
    list_filter = ("status",)
    search_fields = ("helper__username", "request__requester__username", "request__title")
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ("end_sessions",)

    @admin.action(description="End as abandoned, without taking money")
    def end_sessions(self, request: MemberRequest, chosen: QuerySet[Claim]) -> None:
        """A session that never began goes to another helper."""
        ended = [end_abandoned(claim_id=each.pk, by=request.user) for each in chosen]
        self.message_user(request, f"Ended: {sum(ended)}", messages.SUCCESS)


@admin.register(ProblemReport)
class ProblemReportAdmin(ReadOnly, admin.ModelAdmin):
    """What customers report of sessions they paid for; staff decide about one at a time."""

    list_display = ("created_at", "request", "by", "helper", "state", "given_back", "decided_by", "decided_at")
    list_select_related = ("by", "claim__request", "claim__helper", "decided_by", "refund")
    list_filter = ("state",)
    search_fields = ("by__username", "claim__helper__username", "claim__request__title")
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = ("request", "session", "by", "helper", "created_at", "text", "state", "given_back", "note", "timeline")
    readonly_fields = ("request", "session", "helper", "given_back", "timeline")
    actions = ("decide_problem",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProblemReport]:
        return ProblemReport.objects.with_all()

    @admin.display(ordering="claim__request__title")
    def request(self, report: ProblemReport) -> SafeString:
        return link_to(report.claim.request)

    @admin.display
    def session(self, report: ProblemReport) -> SafeString:
        return link_to(report.claim.session)

    @admin.display(ordering="claim__helper__username")
    def helper(self, report: ProblemReport) -> str:
        return str(report.claim.helper)

    @admin.display(description="Refunded")
    def given_back(self, report: ProblemReport) -> str:
        return report.amount_in_words if report.amount else ""

    @admin.display(description="Payment")
    def timeline(self, report: ProblemReport) -> str:
        return render_to_string("payments/_timeline.html", {"events": events_of(payment_of(report.claim.request_id))})

    @admin.action(description="Decide …")
    def decide_problem(self, request: MemberRequest, chosen: QuerySet[ProblemReport]) -> HttpResponse | None:
        """One report at a time: what is decided is asked for first."""
        report = chosen.first() if chosen.count() == 1 else None
        payment = payment_of(report.claim.request_id) if report else None
        if report is None or payment is None:
            self.message_user(request, "Choose one report to decide.", messages.WARNING)
            return None
        start = {"amount": in_units(payment.refundable, CURRENCY)}
        form = DecisionForm(request.POST) if "note" in request.POST else DecisionForm(initial=start)
        if form.is_bound and form.is_valid() and self._decided(request, report, **form.cleaned_data):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Decide about a report",
            "opts": self.model._meta,
            "report": report,
            "payment": payment,
            "events": events_of(payment),
            "left": in_words(payment.refundable, CURRENCY),
            "form": form,
        }
        return render(request, "admin/helpdesk/requests/problem.html", context)

    def _decided(self, request: MemberRequest, report: ProblemReport, **given: Any) -> bool:
        try:
            said = decide(report, by=request.user, **given)
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return False
        self.message_user(request, said, messages.SUCCESS)
        return True


def decide(report: ProblemReport, *, decision: str, amount: Decimal | None, note: str, by: Any) -> str:
    """Do what was chosen, and say it. Raises what the two services raise."""
    if decision == DecisionForm.DECLINE:
        decline_problem(report_id=report.pk, note=note, by=by)
        return "Decided: nothing is refunded."
    cents = minor(amount or Decimal(0), CURRENCY)
    refund_problem(report_id=report.pk, amount=cents, note=note, by=by)
    return f"Decided: {in_words(cents, CURRENCY)} is refunded."


def events_of(payment: Payment | None) -> Any:
    return payment.events.select_related("by", "payment") if payment else []


def link_to(row: Any) -> SafeString:
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, row)
