"""Video calls: how browsers find each other, or the room elsewhere in which calls are held instead."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .env import as_given, env

# Without any of these nobody outside is asked: browsers try the addresses that their own machine knows.
STUN_URLS = env.list("STUN_URLS", default=[])
TURN_URLS = env.list("TURN_URLS", default=[])
TURN_SECRET = as_given("TURN_SECRET")
if TURN_URLS and not TURN_SECRET:
    raise ImproperlyConfigured("TURN_URLS is set and TURN_SECRET is not. The relay takes nobody without it.")

VIDEO_ROOM_URL = env.str("VIDEO_ROOM_URL", "")
if VIDEO_ROOM_URL and not (VIDEO_ROOM_URL.startswith("https://") and "{session_id}" in VIDEO_ROOM_URL):
    raise ImproperlyConfigured("VIDEO_ROOM_URL must begin with https:// and hold {session_id}.")
_room = urlsplit(VIDEO_ROOM_URL)
# The button is a form whose answer leads there, and browsers hold that to the rule for forms.
VIDEO_ROOM_TARGETS = [f"https://{_room.netloc}"] if VIDEO_ROOM_URL else []
