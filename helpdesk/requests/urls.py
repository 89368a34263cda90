"""Addresses of help requests: the free ones, asked of everybody, and the paid ones."""

from django.urls import path

from .views import acts, asking, browsing, marks, paid, responses, thread

FREE = [
    path("help/requests", browsing.requests, name="help_requests"),
    path("help/requests/similar", browsing.similar, name="help_requests_similar"),
    path("help/requests/new", asking.new, name="help_request_new"),
    path("help/requests/draft", asking.draft, name="help_request_draft"),
    path("help/requests/<uuid:request_id>", thread.thread, name="help_request"),
    path("help/requests/<uuid:request_id>/edit", asking.edit, name="help_request_edit"),
    path("help/requests/<uuid:request_id>/edits", thread.edits, name="help_request_edits"),
    path("help/requests/<uuid:request_id>/responses", responses.respond, name="help_respond"),
    path("help/requests/<uuid:request_id>/helper", acts.assign, name="help_request_assign"),
    path("help/requests/<uuid:request_id>/taking", acts.take, name="help_request_take"),
    path("help/requests/<uuid:request_id>/release", acts.release, name="help_request_release"),
    path("help/requests/<uuid:request_id>/end", acts.close, name="help_request_close"),
    path("help/requests/<uuid:request_id>/reopening", acts.reopen, name="help_request_reopen"),
    path("help/requests/<uuid:request_id>/rating", acts.rate, name="help_request_rating"),
    path("help/requests/<uuid:request_id>/photos/<uuid:photo_id>/marks", marks.mark, name="help_photo_mark"),
    path("help/requests/<uuid:request_id>/marks/<uuid:pin_id>/removal", marks.unmark, name="help_mark_removal"),
    path("help/requests/<uuid:request_id>/report", acts.report_request, name="help_request_report"),
    path("help/responses/<uuid:response_id>", responses.edit, name="help_response_edit"),
    path("help/responses/<uuid:response_id>/vote", responses.vote, name="help_response_vote"),
    path("help/responses/<uuid:response_id>/solution", responses.solution, name="help_response_solution"),
    path("help/responses/<uuid:response_id>/report", acts.report_response, name="help_response_report"),
]

PAID = [
    path("customer/request", paid.ask, name="customer_request"),
    path("customer/request/<uuid:request_id>", paid.status, name="customer_request_status"),
    path("customer/request/<uuid:request_id>/withdrawal", paid.withdraw, name="customer_request_withdrawal"),
    path("customer/session/<uuid:session_id>", paid.customer_session, name="customer_session"),
    path("customer/session/<uuid:session_id>/problem", paid.problem, name="customer_session_problem"),
    path("customer/session/<uuid:session_id>/rating", paid.rating, name="customer_session_rating"),
    path("helper/requests", paid.offers, name="paid_offers"),
    path("helper/requests/<uuid:request_id>/claim", paid.claim, name="paid_claim"),
    path("helper/session/<uuid:session_id>", paid.helper_session, name="helper_session"),
    path("helper/session/<uuid:session_id>/start", paid.start, name="helper_session_start"),
    path("helper/session/<uuid:session_id>/return", paid.give_back, name="helper_session_return"),
    path("helper/session/<uuid:session_id>/outcome", paid.outcome, name="helper_session_outcome"),
    path("session/<uuid:session_id>/call", paid.call, name="session_call"),
    path("session/<uuid:session_id>/messages", paid.messages, name="paid_session_messages"),
    path("session/<uuid:session_id>/changes", paid.changes, name="paid_session_changes"),
    path("session/messages/<uuid:message_id>/report", paid.report_message, name="paid_message_report"),
]

urlpatterns = [*FREE, *PAID]
