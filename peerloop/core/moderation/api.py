"""Reporting something: the JSON door."""

from uuid import UUID

from ninja import Router, Schema, Status

from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.errors.replies import REFUSALS

from .models import Flag
from .services import flag_item

router = Router(tags=["Moderation"])


class Report(Schema):
    kind: str
    item_id: UUID
    reason: Flag.Reason
    note: str = ""


class Reported(Schema):
    """The caller's own report; nothing about other people's."""

    id: UUID
    reason: Flag.Reason
    note: str


@router.post(
    "/moderation/flags",
    response={201: Reported, **REFUSALS},
    url_name="flags",
    summary="Report something to the moderators",
)
def flag(request: CallerRequest, report: Report) -> Status[Flag]:
    """Reporting the same thing again answers the first report. What the caller cannot see answers 404."""
    return Status(201, flag_item(**report.dict(), by=request.auth))
