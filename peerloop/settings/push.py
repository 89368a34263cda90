"""Web push: the site's own key, and where pushes may go."""

from base64 import urlsafe_b64decode
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

from .accounts import DEFAULT_FROM_EMAIL
from .env import PRODUCTION, env


def private_key(given: str) -> str:
    """A key of 32 bytes in base64url, or nothing: then the site makes one and keeps it."""
    key = given.rstrip("=")
    try:
        size = len(urlsafe_b64decode(f"{key}{'=' * (-len(key) % 4)}"))
    except ValueError:
        size = -1
    if key and size != 32:
        raise ImproperlyConfigured("VAPID_PRIVATE_KEY is not 32 bytes in base64url; see docs/operating.md.")
    return key


def subject(given: str) -> str:
    """Whom the push services write to when our pushes give them trouble."""
    if not given.startswith(("mailto:", "https://")):
        raise ImproperlyConfigured("VAPID_SUBJECT is neither a mailto: nor an https: address; see docs/operating.md.")
    return given


VAPID_PRIVATE_KEY = private_key(env.str("VAPID_PRIVATE_KEY", ""))
VAPID_SUBJECT = subject(env.str("VAPID_SUBJECT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"))
# Whoever subscribes names the address that we call. In production it must be on the open internet, and HTTPS.
PUSH_PRIVATE_ADDRESSES = env.bool("PUSH_PRIVATE_ADDRESSES", not PRODUCTION)
