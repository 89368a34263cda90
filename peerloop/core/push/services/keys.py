"""The key that signs our pushes."""

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

from ..models import VapidKey


def private_key() -> str:
    """The key from the environment, or else the one in the database, made if there is none: 32 bytes in base64url.

    Of two processes that start at once one makes it and both have it.
    """
    return settings.VAPID_PRIVATE_KEY or _kept() or _made()


def public_key() -> str:
    """What a browser must be told to subscribe with us: 65 bytes in base64url."""
    public = Vapid02.from_raw(private_key().encode()).public_key
    return str(b64urlencode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))


def _kept() -> str:
    return VapidKey.objects.values_list("private", flat=True).first() or ""


def _made() -> str:
    vapid = Vapid02()
    vapid.generate_keys()
    number = vapid.private_key.private_numbers().private_value
    row = VapidKey(private=b64urlencode(number.to_bytes(32, "big")))
    VapidKey.objects.bulk_create([row], ignore_conflicts=True)
    return _kept()
