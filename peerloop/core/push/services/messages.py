"""What is pushed: stored first, sent by the worker, tried again while it is of use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from py_vapid.utils import b64urlencode

from .. import courier, tasks
from ..models import PushDevice, PushMessage
from .keys import private_key

log = structlog.get_logger(__name__)

# Longer than a sender may take: whoever claimed a message has it alone for so long.
LEASE = timedelta(seconds=30)
FIRST_WAIT, LONGEST_WAIT = 5, 3600
GONE = {404, 410}
TOO_MUCH = 429
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Something for all devices of a person; each learns which `device` it is.

    Of the same `tag` a later one takes the place of an earlier one.
    """

    user_id: UUID
    tag: str
    until: datetime
    content: dict[str, Any] = field(default_factory=dict)
    is_urgent: bool = False


@transaction.atomic
def push(*, outgoing: Iterable[Outgoing]) -> int:
    """Owe these to the devices of their people, and send after commit; returns how many messages that makes.

    What waits under the same tag is replaced. The same queries for one person or fifty.
    """
    given = {(each.user_id, each.tag): each for each in outgoing}
    devices: dict[UUID, list[UUID]] = {}
    for user_id, pk in PushDevice.objects.filter(user__in={who for who, _ in given}).values_list("user", "pk"):
        devices.setdefault(user_id, []).append(pk)
    rows = [_row(device, each) for each in given.values() for device in devices.get(each.user_id, ())]
    if rows:
        _drop_waiting(rows)
        PushMessage.objects.bulk_create(rows)
        # The broker may be away; the sweep then sends. (Django names what failed: no partial.)
        transaction.on_commit(lambda: tasks.push_messages.delay([str(row.pk) for row in rows]), robust=True)
    return len(rows)


def deliver(*, message_id: UUID) -> bool:
    """Send one message and say whether it arrived at the push service. Again, or at once elsewhere, sends nothing.

    What could not be delivered stays due for another try while it is of use. Only a service that says that it does not
    know the device any more makes us forget the device.
    """
    now = timezone.now()
    if not PushMessage.objects.due().filter(pk=message_id).update(due_at=now + LEASE):
        return False
    message = PushMessage.objects.select_related("device").filter(pk=message_id).first()
    if message is None or message.expires_at <= now:
        PushMessage.objects.filter(pk=message_id).delete()
        return False
    device = message.device
    reply = courier.post(
        endpoint=device.endpoint,
        p256dh=device.p256dh,
        auth=device.auth,
        content=message.content,
        headers=_headers(message, now),
        key=private_key(),
    )
    return _settle(message, reply)


def schedule_due() -> int:
    """Have sent what lost jobs and failed attempts have left, oldest first; returns how many that are."""
    due = PushMessage.objects.due().order_by("due_at").values_list("pk", flat=True)
    ids = [str(pk) for pk in due[:BATCH]]
    tasks.push_messages(ids)
    return len(ids)


def topic_of(tag: str) -> str:
    """A push service takes up to 32 letters, and need not learn what it is about."""
    return str(b64urlencode(sha256(tag.encode()).digest()))[:32]


def _row(device_id: UUID, each: Outgoing) -> PushMessage:
    return PushMessage(
        device_id=device_id,
        topic=topic_of(each.tag),
        content={"tag": each.tag, "device": str(device_id), **each.content},
        is_urgent=each.is_urgent,
        expires_at=each.until,
    )


def _drop_waiting(rows: list[PushMessage]) -> None:
    topics = {row.topic for row in rows}
    waiting = PushMessage.objects.filter(device__in={row.device_id for row in rows}, topic__in=topics)
    waiting.delete()


def _headers(message: PushMessage, now: datetime) -> dict[str, str]:
    return {
        "TTL": str(max(1, int((message.expires_at - now).total_seconds()))),
        "Topic": message.topic,
        "Urgency": "high" if message.is_urgent else "normal",
    }


@transaction.atomic
def _settle(message: PushMessage, reply: courier.Reply) -> bool:
    device = PushDevice.objects.filter(pk=message.device_id)
    if reply.status in GONE:
        device.delete()
        return False
    if 200 <= reply.status < 300:
        device.update(last_success_at=timezone.now(), failing_since=None)
        PushMessage.objects.filter(pk=message.pk).delete()
        return True
    device.update(failing_since=Coalesce(F("failing_since"), timezone.now()))
    if reply.status in {courier.NO_ANSWER, TOO_MUCH} or reply.status >= 500:
        _try_later(message, reply)
    else:  # it will not take this one however often we ask
        log.warning("push_refused", device=str(message.device_id), status=reply.status)
        PushMessage.objects.filter(pk=message.pk).delete()
    return False


def _try_later(message: PushMessage, reply: courier.Reply) -> None:
    wait = max(reply.wait, min(FIRST_WAIT * 2**message.attempts, LONGEST_WAIT))
    again_at = timezone.now() + timedelta(seconds=wait)
    own = PushMessage.objects.filter(pk=message.pk)
    if again_at < message.expires_at:
        own.update(due_at=again_at, attempts=F("attempts") + 1)
    else:
        own.delete()
