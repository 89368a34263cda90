"""Where the video call of a summons is."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from ..sessions.call import room_elsewhere


def call_url(summons_id: UUID) -> str:
    """The link to the call, for people: the room elsewhere if there is one, else the session's own page."""
    return room_elsewhere(summons_id) or f"{settings.SITE_URL}{reverse('summon_session', args=[summons_id])}"
