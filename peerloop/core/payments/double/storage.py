"""The test provider's memory: objects by id, and the answers given to idempotency keys."""

import secrets
from typing import Any

from django.utils import timezone

from ..models import DoubleObject
from .answers import Data, missing

EVENT = "event"


def new(kind: str, prefix: str, **data: Any) -> Data:
    """Keep a new object of `kind` and return it as Stripe shows it."""
    name = f"{prefix}_{secrets.token_hex(12)}"
    now = int(timezone.now().timestamp())
    shown = {"id": name, "object": kind, "created": now, "livemode": False, **data}
    DoubleObject.objects.create(id=name, kind=kind, data=shown)
    return shown


def read(kind: str, name: str) -> Data:
    """The object, locked until the call is answered."""
    row = DoubleObject.objects.select_for_update().filter(kind=kind, pk=name).first()
    if row is None:
        raise missing(kind, name)
    data: Data = row.data
    return data


def keep(data: Data) -> None:
    DoubleObject.objects.filter(pk=data["id"]).update(data=data)


def everything(kind: str, **matching: Any) -> list[Data]:
    """All of `kind` whose fields are as given, newest first."""
    rows = DoubleObject.objects.filter(kind=kind, **{f"data__{name}": value for name, value in matching.items()})
    return [row.data for row in rows.order_by("-created_at", "-pk")]


def happened(kind: str, data: Data) -> None:
    """Note an event, as Stripe would send it to a webhook."""
    new(EVENT, "evt", type=kind, data={"object": data}, api_version=None, pending_webhooks=1)
