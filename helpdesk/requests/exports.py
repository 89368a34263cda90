"""What a person takes along: what they asked and have begun to ask, what they answered, and what they took."""

from collections.abc import Iterable, Mapping
from typing import Any

from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User

from .models import Claim, HelpRequest, HelpResponse, PhotoPin, ProblemReport, RequestDraft, RequestEdit

Rows = Iterable[Mapping[str, Any]]


def requests(user: User) -> Rows:
    rows = HelpRequest.objects.of(user).order_by("pk")
    return rows.values(
        "id",
        "created_at",
        "title",
        "description",
        "category",
        "subcategory",
        "difficulty_level",
        "urgency",
        "is_public",
        "status",
        "amount",
        "payment_status",
        "ending",
        "resolved_at",
        "closed_at",
        "rating",
        "rating_words",
    )


def responses(user: User) -> Rows:
    rows = HelpResponse.objects.filter(responder=user).order_by("pk")
    return rows.values("id", "created_at", "request_id", "response_text", "is_solution", "helpful_count")


def claims(user: User) -> Rows:
    rows = Claim.objects.filter(helper=user).order_by("pk")
    of_session = ("session__started_at", "session__ended_at", "session__duration", "session__outcome", "session__notes")
    return rows.values("id", "created_at", "request_id", "session_id", "status", *of_session)


def problems(user: User) -> Rows:
    rows = ProblemReport.objects.filter(by=user).order_by("pk")
    return rows.values("created_at", "claim__session_id", "text", "state", "refund__amount", "note", "decided_at")


def edits(user: User) -> Rows:
    rows = RequestEdit.objects.filter(request__requester=user).order_by("pk")
    return rows.values("created_at", "request_id", "title", "description")


def marks(user: User) -> Rows:
    rows = PhotoPin.objects.filter(by=user).order_by("pk")
    return rows.values("created_at", "photo__request_id", "number", "x", "y", "note")


def draft(user: User) -> Rows:
    return RequestDraft.objects.filter(person=user).values("updated_at", "form", "upload_ids")


exports.add("help_requests", Export(requests))
exports.add("help_responses", Export(responses))
exports.add("help_claims", Export(claims))
exports.add("problem_reports", Export(problems))
exports.add("help_request_edits", Export(edits))
exports.add("photo_marks", Export(marks))
exports.add("help_request_draft", Export(draft))
