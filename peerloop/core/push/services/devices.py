"""Which browsers a person wants to be told on."""

from base64 import urlsafe_b64decode
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.conf import settings
from django.db import transaction

from peerloop.core.accounts.models import User
from peerloop.core.limits import at_most

from ..courier import is_open_internet
from ..errors import NoSuchDevice, NotAPushAddress
from ..models import AUTH, ENDPOINT, P256DH, PushDevice, PushMessage

SUBSCRIPTIONS_AN_HOUR = 60
LOCAL = ("localhost", ".localhost", ".local", ".internal")


@transaction.atomic
def add_device(*, endpoint: str, p256dh: str, auth: str, label: str, session_key: str, by: User) -> PushDevice:
    """Push to this browser what `by` chose. Again renews it; a browser that another person used is theirs no more.

    The oldest beyond PEERLOOP.DEVICES_PER_PERSON go. Raises NotAPushAddress, TooFast.
    """
    at_most("push device", by.pk, times=SUBSCRIPTIONS_AN_HOUR, seconds=3600)
    if not (_is_address(endpoint) and _are_keys(p256dh, auth)):
        raise NotAPushAddress
    # What was meant for the person before must not reach this one.
    PushMessage.objects.filter(device__endpoint=endpoint).exclude(device__user=by).delete()
    about = {"p256dh": p256dh, "auth": auth, "label": label[:80], "session_key": session_key, "failing_since": None}
    device, _ = PushDevice.objects.update_or_create(endpoint=endpoint, defaults={"user": by, **about})
    kept = PushDevice.objects.filter(user=by).order_by("-created_at", "-pk")
    beyond = list(kept.values_list("pk", flat=True)[settings.PEERLOOP.DEVICES_PER_PERSON :])
    PushDevice.objects.filter(pk__in=beyond).delete()
    return device


@transaction.atomic
def renew_device(*, replaced: str, by: User, **subscription: str) -> PushDevice:
    """Push to the new address of a browser of `by` instead of to `replaced`. `subscription` is as for add_device.

    Again changes nothing more. Raises NoSuchDevice when `by` has turned it off meanwhile, NotAPushAddress, TooFast.
    """
    addresses = {replaced, subscription["endpoint"]}
    known = PushDevice.objects.visible_to(by).select_for_update().filter(endpoint__in=addresses)
    if not list(known):
        raise NoSuchDevice
    known.exclude(endpoint=subscription["endpoint"]).delete()
    return add_device(by=by, **subscription)


@transaction.atomic
def remove_device(*, device_id: UUID, by: User) -> None:
    """Push nothing to this device any more. Raises NoSuchDevice, also the second time and for anybody else's."""
    count, _ = PushDevice.objects.visible_to(by).filter(pk=device_id).delete()
    if not count:
        raise NoSuchDevice


@transaction.atomic
def forget_devices(*, user: User) -> None:
    """Push nothing more to `user` anywhere. Again changes nothing."""
    PushDevice.objects.filter(user=user).delete()


@transaction.atomic
def forget_session(*, session_key: str) -> None:
    """Push nothing more to the browser that was signed in with this session. Again changes nothing."""
    PushDevice.objects.filter(session_key=session_key).delete()


def _is_address(endpoint: str) -> bool:
    """Whether a push service can live there. Where its name leads is looked at when we call."""
    if len(endpoint) > ENDPOINT or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        return False
    try:
        address = urlsplit(endpoint)
        host, _ = address.hostname or "", address.port
    except ValueError:
        return False
    if not host or address.username is not None or ":" in host:
        return False
    return settings.PUSH_PRIVATE_ADDRESSES or (address.scheme == "https" and _is_elsewhere(host))


def _is_elsewhere(host: str) -> bool:
    """Whether `host` is a name out there, or an address on the open internet."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(LOCAL)
    return is_open_internet(host)


def _are_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a point on the curve and 16 bytes, so that a message can be encrypted for them."""
    if len(p256dh) > P256DH or len(auth) > AUTH:
        return False
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _decoded(p256dh))
        return len(_decoded(auth)) == 16
    except ValueError:
        return False


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}")
