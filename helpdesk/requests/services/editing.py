"""Putting a free request right. What stood before is kept."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from goodwill.services import recount_votes
from peerloop.core.accounts.models import User

from ..errors import ChangedMeanwhile, NotYourRequest
from ..models import HelpRequest, RequestEdit
from ..permissions.free import can_edit
from .news import tell_changed, tell_experts, withdraw_from_outsiders
from .pictures import Picture, hang_request_photos
from .reading import locked_request
from .wording import COLUMNS, Wanted, check_may_write, checked


@transaction.atomic
def edit_request(
    *,
    request_id: UUID,
    wanted: Wanted,
    by: User,
    pictures: Sequence[Picture] | None = None,
    seen_at: datetime | None = None,
) -> HelpRequest:
    """Change a free request, and its photos if any are given; title and description that stood before are kept.

    `seen_at` is the `updated_at` of what `by` had before their eyes. The same again changes nothing. Raises
    RequestNotThere, NotYourRequest, ChangedMeanwhile, Muted, and what `ask_for_help` refuses.
    """
    request = locked_request(request_id, by)
    if not can_edit(by, request):
        raise NotYourRequest
    check_may_write(by)
    if seen_at and seen_at != request.updated_at:
        raise ChangedMeanwhile
    wanted, before = checked(wanted), _as_wanted(request)
    if pictures is not None:
        hang_request_photos(request, pictures, by=by)
    if wanted != before:
        _change(request, wanted, before, by)
    tell_changed(request)
    return request


def _change(request: HelpRequest, wanted: Wanted, before: Wanted, by: User) -> None:
    if (wanted.title, wanted.description) != (before.title, before.description):
        RequestEdit.objects.create(request=request, by=by, title=before.title, description=before.description)
    for name, value in asdict(wanted).items():
        setattr(request, name, value)
    request.updated_at = timezone.now()
    request.save(update_fields=[*COLUMNS, "updated_at"])
    if (wanted.category, wanted.subcategory) != (before.category, before.subcategory):
        count_responses(request, by)
    if before.is_public and not wanted.is_public:
        withdraw_from_outsiders(request)
    if wanted.is_public and not before.is_public:
        tell_experts(request)


def count_responses(request: HelpRequest, by: User) -> None:
    """Let all responses count where the request stands now."""
    recount_votes(content_type="help_response", content_ids=request.responses.values_list("pk", flat=True), by=by)


def _as_wanted(request: HelpRequest) -> Wanted:
    return Wanted(**{name: getattr(request, name) for name in COLUMNS})
