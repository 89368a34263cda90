"""The video call, for those who follow its button without scripts or to a room elsewhere."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from peerloop.core.accounts.requests import MemberRequest

from ...sessions.call import room_elsewhere
from ...sessions.services.calls import start_video
from ..calls import call_url
from .session import connected


@require_POST
def call(request: MemberRequest, summons_id: UUID) -> HttpResponse:
    """Open the call, or go on in it, and lead there."""
    found = connected(request, summons_id)
    start_video(session_id=summons_id, url=call_url(summons_id), by=request.user)
    return redirect(room_elsewhere(summons_id) or found)
