"""What the video call of a session needs from outside: a way through firewalls, and perhaps a room elsewhere."""

import base64
import hashlib
import hmac
import time
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from peerloop.core.accounts.models import User
from peerloop.core.conversations.payloads import Payload


class IceServer(Payload):
    """The `RTCIceServer` of browsers; `username` and `credential` are empty for STUN."""

    urls: list[str]
    username: str = ""
    credential: str = ""


def ice_servers(user: User) -> list[IceServer]:
    """The STUN and TURN servers of the settings; without any, browsers connect directly or not at all."""
    stun = [IceServer(urls=settings.STUN_URLS)] if settings.STUN_URLS else []
    if not settings.TURN_URLS:
        return stun
    username, credential = turn_credentials(user.pk, until=int(time.time()) + settings.PEERLOOP.TURN_SECONDS)
    return [*stun, IceServer(urls=settings.TURN_URLS, username=username, credential=credential)]


def turn_credentials(user_id: UUID, *, until: int) -> tuple[str, str]:
    """A name and a password that coturn takes until that second (`use-auth-secret`, `static-auth-secret=TURN_SECRET`).

    draft-uberti-behave-turn-rest-00, section 2.2: the name is "expiry:user", the password the base64 of its HMAC-SHA1
    under the secret that both servers know. Nobody outside can make one, and one that leaked is soon worth nothing.
    """
    username = f"{until}:{user_id}"
    digest = hmac.digest(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1)
    return username, base64.b64encode(digest).decode()


def room_elsewhere(session_id: UUID) -> str:
    """The session's room on the video server of VIDEO_ROOM_URL; empty when the call is held here.

    Whoever knows a room's name can enter it, so it is derived and says nothing to those who saw the session's id.
    """
    name = salted_hmac("helpdesk.video_room", str(session_id), algorithm="sha256").hexdigest()[:32]
    return settings.VIDEO_ROOM_URL.replace("{session_id}", name)
