from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.errors import Refusal
from peerloop.core.payments.errors import NothingToRefund, RefundTooLarge
from peerloop.core.payments.models import Payment
from peerloop.core.payments.money import in_units, in_words, minor

from ..sessions.admin import ReadOnly
from . import addresses, errors
from .forms.paid import DecisionForm
from .models import Claim, HelpRequest, ProblemReport
from .permissions.paid import can_decide_problem, can_decide_problems
from .queries.paid import payment_of
from .services.holding import end_abandoned
from .services.problems import decline_problem, refund_problem

CURRENCY = settings.PEERLOOP.CURRENCY
# So much of a title stands in a list; all of it is on the page of its own.
TITLE_IN_LIST = 40
# Which field of the form a refusal is about; any other is about the whole.
ABOUT: dict[type[Refusal], str] = {
    errors.ReasonMissing: "note",
    errors.WordsTooLong: "note",
    ForbiddenCharacters: "note",
    NothingToRefund: "amount",
    RefundTooLarge: "amount",
}


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
    """What customers report of sessions they paid for; staff decide about one at a time, on a page of its own."""

    list_display = ("reported", "about", "by", "helper", "standing", "decided_by")
    list_filter = ("state",)
    search_fields = ("by__username", "claim__helper__username", "claim__request__title")
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = ("request", "session", "by", "helper", "created_at", "text", "state", "refunded", "note", "timeline")
    readonly_fields = ("request", "session", "helper", "refunded", "timeline")
    actions = ("decide_problem",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can_decide_problems(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_decide_problems(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProblemReport]:
        return ProblemReport.objects.with_all()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decision_view)
        return [path("<uuid:report_id>/decision/", view, name="helpdesk_problemreport_decision"), *super().get_urls()]

    @admin.display(ordering="created_at")
    def reported(self, report: ProblemReport) -> str:
        return date(timezone.localtime(report.created_at), "j M Y, H:i")

    @admin.display(description="Request", ordering="claim__request__title")
    def about(self, report: ProblemReport) -> str:
        return Truncator(report.claim.request.title).chars(TITLE_IN_LIST)

    @admin.display
    def request(self, report: ProblemReport) -> SafeString:
        return link_to(report.claim.request)

    @admin.display
    def session(self, report: ProblemReport) -> SafeString:
        return link_to(report.claim.session)

    @admin.display(ordering="claim__helper__username")
    def helper(self, report: ProblemReport) -> str:
        return str(report.claim.helper)

    @admin.display(description="State", ordering="state")
    def standing(self, report: ProblemReport) -> str:
        if report.is_open:
            return format_html('<a href="{}">Decide …</a>', addresses.decision(report.pk))
        return f"{report.get_state_display()} {self.refunded(report)}".strip()

    @admin.display
    def refunded(self, report: ProblemReport) -> str:
        return report.amount_in_words if report.amount else ""

    @admin.display(description="Payment")
    def timeline(self, report: ProblemReport) -> str:
        return render_to_string("payments/_timeline.html", {"events": events_of(payment_of(report.claim.request_id))})

    @admin.action(description="Decide …")
    def decide_problem(self, request: HttpRequest, chosen: QuerySet[ProblemReport]) -> HttpResponse | None:
        """One report at a time: what is decided is asked for first."""
        if chosen.count() == 1:
            return redirect(addresses.decision(chosen.get().pk))
        self.message_user(request, "Choose one report to decide.", messages.WARNING)
        return None

    def decision_view(self, request: MemberRequest, report_id: UUID) -> HttpResponse:
        """GET: everything about an open report, and the form, for who may decide it; else it is only shown."""
        report = get_object_or_404(ProblemReport.objects.with_all(), pk=report_id)
        if request.method != "POST" and not report.is_open:
            return redirect("admin:helpdesk_problemreport_change", report.pk)
        if not can_decide_problem(request.user, report.claim):
            messages.warning(request, errors.OwnSessionReported.text)
            return redirect("admin:helpdesk_problemreport_change", report.pk)
        payment = payment_of(report.claim.request_id)
        left = payment.refundable if payment else 0
        form = DecisionForm(request.POST or None, initial={"amount": in_units(left, CURRENCY)})
        status = 422 if form.is_bound else 200
        if form.is_valid():
            try:
                messages.success(request, decide(report, by=request.user, **form.cleaned_data))
                return redirect("admin:helpdesk_problemreport_changelist")
            except Refusal as refusal:
                form.add_error(ABOUT.get(type(refusal)), refusal.sentence)
                status = refusal.status
        context = {
            **self.admin_site.each_context(request),
            "title": "Decide about a report",
            "report": report,
            "payment": payment,
            "events": events_of(payment),
            "left": in_words(left, CURRENCY),
            "form": form,
        }
        return render(request, "admin/helpdesk/requests/problem.html", context, status=status)


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
