"""Where requests and their sessions are for people: the addresses that requirements quote, on this site."""

from uuid import UUID

from django.urls import reverse

HELPER_DASHBOARD = "/helper/dashboard"
REQUEST_FORM = "/customer/request"


def status_page(request_id: UUID) -> str:
    """Where the customer of a paid request watches it."""
    return f"{REQUEST_FORM}/{request_id}"


def customer_session(session_id: UUID) -> str:
    return f"/customer/session/{session_id}"


def helper_session(session_id: UUID) -> str:
    return f"/helper/session/{session_id}"


def call(session_id: UUID) -> str:
    """The built-in call, for both."""
    return f"/session/{session_id}/call"


def decision(report_id: UUID) -> str:
    """Where staff decide about a report."""
    return reverse("admin:helpdesk_problemreport_decision", args=[report_id])


def thread(request_id: UUID) -> str:
    """A free request with its responses."""
    return f"/help/requests/{request_id}"
