"""The JSON door of devices. A browser sends what its `PushSubscription.toJSON()` gives."""

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema, Status

from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.accounts.templatetags.accounts import device as device_named
from peerloop.core.errors.replies import REFUSALS

from . import queries
from .models import PushDevice
from .services import devices, keys

router = Router(tags=["push"])


class Keys(Schema):
    p256dh: str
    auth: str


class Subscription(Schema):
    """`replaces` is the address that the browser had before: then nothing is added that was not there."""

    endpoint: str
    keys: Keys
    replaces: str = ""


class DeviceOut(Schema):
    id: UUID
    label: str
    created_at: datetime
    last_success_at: datetime | None
    failing_since: datetime | None


class DevicesOut(Schema):
    """`public_key` is what a browser must name when it subscribes."""

    public_key: str
    devices: list[DeviceOut]


@router.get("/devices", response={200: DevicesOut, **REFUSALS})
def own_devices(request: CallerRequest) -> DevicesOut:
    """Where the caller is pushed to."""
    own = [DeviceOut.from_orm(each) for each in queries.devices_of(request.auth)]
    return DevicesOut(public_key=keys.public_key(), devices=own)


@router.post("/devices", response={201: DeviceOut, **REFUSALS})
def add(request: CallerRequest, given: Subscription) -> Status[PushDevice]:
    """Push to this browser from now on, until its session ends. Again renews it."""
    subscription = {
        "endpoint": given.endpoint,
        "p256dh": given.keys.p256dh,
        "auth": given.keys.auth,
        "label": device_named(request.headers.get("User-Agent", "")),
        "session_key": request.session.session_key or "",
    }
    if given.replaces:
        return Status(201, devices.renew_device(replaced=given.replaces, by=request.auth, **subscription))
    return Status(201, devices.add_device(by=request.auth, **subscription))


@router.delete("/devices/{uuid:device_id}", response={204: None, **REFUSALS})
def remove(request: CallerRequest, device_id: UUID) -> Status[None]:
    """Push nothing to a device of the caller any more."""
    devices.remove_device(device_id=device_id, by=request.auth)
    return Status(204, None)
