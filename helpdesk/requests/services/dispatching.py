"""An authorised request goes out to the helpers."""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ..models import HelpRequest
from ..queries.paid import helpers_to_tell
from .telling import tell_dispatched

log = structlog.get_logger(__name__)


def dispatch_request(request: HelpRequest, *, without: Collection[UUID] = ()) -> None:
    """Tell every available helper but `without` of a locked, open request, and let it be claimed from now on.

    Part of the transaction that authorises or reopens it, so that a request and its notices come together or not at
    all. Again tells whoever has come since, and lets it wait anew for PEERLOOP.REQUEST_CLAIM_HOURS.
    """
    now = timezone.now()
    request.dispatched_at = request.dispatched_at or now
    request.expires_at = now + timedelta(hours=settings.PEERLOOP.REQUEST_CLAIM_HOURS)
    helpers = [each for each in helpers_to_tell(request) if each not in without]
    told = tell_dispatched(request, helpers)
    request.helpers_told += told
    request.updated_at = now
    request.save()
    said = f"Notified {told} helpers of new request" if helpers else "No available helpers for request:"
    transaction.on_commit(partial(log.info, said, request=str(request.pk)))
